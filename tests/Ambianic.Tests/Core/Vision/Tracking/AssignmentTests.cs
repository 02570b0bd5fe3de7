using Ambianic.Core.Vision.Tracking;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Tracking;

public sealed class AssignmentTests
{
    [Fact]
    public void Solve_AnyCosts_IsAsCheapAsTryingEverything() =>
        Gen.Double[0, 2].Array2D[Gen.Int[1, 4], Gen.Int[1, 4]].Sample(costs =>
        {
            var columns = Assignment.Solve(costs, 1);

            Assert.Equal(Cheapest(costs, 0, 0), columns.Select((column, row) => column < 0 ? 1 : costs[row, column]).Sum(), tolerance: 1e-9);
            Assert.Distinct(columns.Where(column => column >= 0));
        });

    [Fact]
    public void Solve_GreedyWouldBeWrong_FindsTheBestSum() =>
        Assert.Equal([1, 0], Assignment.Solve(new[,] { { 0.1, 0.2 }, { 0.15, 0.9 } }, 1));

    private static double Cheapest(double[,] costs, int row, int used)
    {
        if (row == costs.GetLength(0))
        {
            return 0;
        }

        var best = 1 + Cheapest(costs, row + 1, used);
        for (var column = 0; column < costs.GetLength(1); column++)
        {
            if ((used & (1 << column)) == 0)
            {
                best = Math.Min(best, costs[row, column] + Cheapest(costs, row + 1, used | (1 << column)));
            }
        }

        return best;
    }
}
