namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// Pairs rows with columns so that the sum of costs is least (the Hungarian method: H. W. Kuhn 1955, in the O(n³) form with
/// potentials).
/// </summary>
internal static class Assignment
{
    /// <summary>Solves the assignment.</summary>
    /// <param name="costs">Rows x columns, finite.</param>
    /// <param name="limit">A pair that costs this much or more is not made; leaving a row alone costs this much.</param>
    /// <returns>Per row its column, or -1.</returns>
    public static int[] Solve(double[,] costs, double limit)
    {
        var rows = costs.GetLength(0);
        var real = costs.GetLength(1);
        var columns = real + rows; // one column per row to stay alone
        double Cost(int row, int column) => column < real ? Math.Min(costs[row, column], limit) : limit;

        var u = new double[rows + 1];
        var v = new double[columns + 1];
        var rowOf = new int[columns + 1];
        var way = new int[columns + 1];
        for (var row = 1; row <= rows; row++)
        {
            rowOf[0] = row;
            var column = 0;
            var least = new double[columns + 1];
            Array.Fill(least, double.PositiveInfinity);
            var used = new bool[columns + 1];
            do
            {
                used[column] = true;
                var current = rowOf[column];
                var delta = double.PositiveInfinity;
                var next = 0;
                for (var j = 1; j <= columns; j++)
                {
                    if (used[j])
                    {
                        continue;
                    }

                    var reduced = Cost(current - 1, j - 1) - u[current] - v[j];
                    if (reduced < least[j])
                    {
                        (least[j], way[j]) = (reduced, column);
                    }

                    if (least[j] < delta)
                    {
                        (delta, next) = (least[j], j);
                    }
                }

                for (var j = 0; j <= columns; j++)
                {
                    if (used[j])
                    {
                        u[rowOf[j]] += delta;
                        v[j] -= delta;
                    }
                    else
                    {
                        least[j] -= delta;
                    }
                }

                column = next;
            }
            while (rowOf[column] != 0);

            for (; column != 0; column = way[column])
            {
                rowOf[column] = rowOf[way[column]];
            }
        }

        var result = new int[rows];
        Array.Fill(result, -1);
        for (var column = 1; column <= real; column++)
        {
            var row = rowOf[column] - 1;
            if (row >= 0 && costs[row, column - 1] < limit)
            {
                result[row] = column - 1;
            }
        }

        return result;
    }
}
