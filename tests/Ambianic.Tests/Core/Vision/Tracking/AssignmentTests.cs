using Ambianic.Core.Vision.Tracking;
using CsCheck;

namespace Ambianic.Tests.Core.Vision.Tracking;

public sealed class AssignmentTests
{
    [Fact]
    public void Solve_AnyCosts_IsAsCheapAsTryingEverything() =>
        Gen.Double[0, 2].Array2D[Gen.Int[1, 4], Gen.Int[1, 4]].Sample(costs =>
        {
            var columns = Solve(costs);

            Assert.Equal(Cheapest(costs, 0, 0), columns.Select((column, row) => column < 0 ? 1 : costs[row, column]).Sum(), tolerance: 1e-9);
            Assert.Distinct(columns.Where(column => column >= 0));
        });

    [Fact]
    public void Solve_GreedyWouldBeWrong_FindsTheBestSum() =>
        Assert.Equal([1, 0], Solve(new[,] { { 0.1, 0.2 }, { 0.15, 0.9 } }));

    [Fact]
    public void Solve_AfterALargerProblem_FindsTheBestSumOfItsOwn()
    {
        var assignment = new Assignment();

        Solve(new[,] { { 0.1, 0.2, 0.3 }, { 0.4, 0.1, 0.2 }, { 0.1, 0.1, 0.9 } }, assignment);

        Assert.Equal([1, 0], Solve(new[,] { { 0.1, 0.2 }, { 0.15, 0.9 } }, assignment));
    }

    private static int[] Solve(double[,] costs, Assignment? used = null)
    {
        var assignment = used ?? new Assignment();
        assignment.Begin(costs.GetLength(0), costs.GetLength(1));
        for (var row = 0; row < costs.GetLength(0); row++)
        {
            for (var column = 0; column < costs.GetLength(1); column++)
            {
                assignment[row, column] = costs[row, column];
            }
        }

        return assignment.Solve(1).ToArray();
    }

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
