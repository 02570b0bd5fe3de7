namespace Ambianic.Core.Vision.Tracking;

/// <summary>
/// Pairs rows with columns so that the sum of costs is least (the Hungarian method: H. W. Kuhn 1955, in the O(n³) form with
/// potentials). Used again and again by one thread; it allocates only to grow.
/// </summary>
internal sealed class Assignment
{
    private int _rows;
    private int _real;
    private double[] _costs = [];
    private double[] _u = [];
    private double[] _v = [];
    private double[] _least = [];
    private bool[] _used = [];
    private int[] _rowOf = [];
    private int[] _way = [];
    private int[] _columnOf = [];

    /// <summary>What a pair costs; finite. All pairs are to be set before they are solved.</summary>
    public double this[int row, int column]
    {
        get => _costs[(row * _real) + column];
        set => _costs[(row * _real) + column] = value;
    }

    /// <summary>Begins another problem.</summary>
    public void Begin(int rows, int columns)
    {
        (_rows, _real) = (rows, columns);
        var all = columns + rows; // one column per row to stay alone
        Grow(ref _costs, rows * columns);
        Grow(ref _u, rows + 1);
        Grow(ref _v, all + 1);
        Grow(ref _least, all + 1);
        Grow(ref _used, all + 1);
        Grow(ref _rowOf, all + 1);
        Grow(ref _way, all + 1);
        Grow(ref _columnOf, rows);
    }

    /// <summary>Solves the assignment.</summary>
    /// <param name="limit">A pair that costs this much or more is not made; leaving a row alone costs this much.</param>
    /// <returns>Per row its column, or -1; valid until the next problem begins.</returns>
    public ReadOnlySpan<int> Solve(double limit)
    {
        var columns = _real + _rows;
        Array.Clear(_u);
        Array.Clear(_v);
        Array.Clear(_rowOf);
        for (var row = 1; row <= _rows; row++)
        {
            Place(row, columns, limit);
        }

        _columnOf.AsSpan(0, _rows).Fill(-1);
        for (var column = 1; column <= _real; column++)
        {
            if (_rowOf[column] is > 0 and var row && this[row - 1, column - 1] < limit)
            {
                _columnOf[row - 1] = column - 1;
            }
        }

        return _columnOf.AsSpan(0, _rows);
    }

    /// <summary>Finds the cheapest way to give one more row a column.</summary>
    private void Place(int row, int columns, double limit)
    {
        _rowOf[0] = row;
        var column = 0;
        Array.Fill(_least, double.PositiveInfinity);
        Array.Clear(_used);
        do
        {
            _used[column] = true;
            var current = _rowOf[column];
            var delta = double.PositiveInfinity;
            var next = 0;
            for (var j = 1; j <= columns; j++)
            {
                if (_used[j])
                {
                    continue;
                }

                var cost = j <= _real ? Math.Min(this[current - 1, j - 1], limit) : limit;
                var reduced = cost - _u[current] - _v[j];
                if (reduced < _least[j])
                {
                    (_least[j], _way[j]) = (reduced, column);
                }

                if (_least[j] < delta)
                {
                    (delta, next) = (_least[j], j);
                }
            }

            for (var j = 0; j <= columns; j++)
            {
                if (_used[j])
                {
                    _u[_rowOf[j]] += delta;
                    _v[j] -= delta;
                }
                else
                {
                    _least[j] -= delta;
                }
            }

            column = next;
        }
        while (_rowOf[column] != 0);

        for (; column != 0; column = _way[column])
        {
            _rowOf[column] = _rowOf[_way[column]];
        }
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
        {
            array = new T[Math.Max(length, 2 * array.Length)];
        }
    }
}
