namespace Ambianic.Core.Vision.Motion;

/// <summary>Where a picture moves: tiles of several cells, so that a single noisy one does not count, and the boxes around those that touch.</summary>
internal sealed class MotionMap(MotionRule rule)
{
    private readonly List<Box> _regions = [];
    private readonly Stack<int> _open = new();
    private bool[] _tiles = [];
    private bool[] _taken = [];

    /// <summary>Tiles in a row.</summary>
    public int Columns { get; private set; }

    /// <summary>Rows of tiles.</summary>
    public int Rows { get; private set; }

    /// <summary>For each tile whether it moves.</summary>
    public ReadOnlySpan<bool> Tiles => _tiles;

    /// <summary>Boxes around tiles that move and touch each other, relative to the picture; valid until the next <see cref="Update"/>.</summary>
    public IReadOnlyList<Box> Regions => _regions;

    /// <summary>Takes the cells that move.</summary>
    public void Update(ReadOnlySpan<bool> cells, int columns)
    {
        Resize(columns, cells.Length / columns);
        for (var tile = 0; tile < _tiles.Length; tile++)
        {
            _tiles[tile] = Count(cells, columns, tile % Columns * rule.TileCells, tile / Columns * rule.TileCells) >= rule.LeastCells;
        }

        _regions.Clear();
        Array.Clear(_taken);
        for (var tile = 0; tile < _tiles.Length; tile++)
        {
            if (_tiles[tile] && !_taken[tile])
            {
                _regions.Add(Around(tile, columns, cells.Length / columns));
            }
        }
    }

    private int Count(ReadOnlySpan<bool> cells, int columns, int left, int top)
    {
        var rows = cells.Length / columns;
        var (right, bottom) = (Math.Min(columns, left + rule.TileCells), Math.Min(rows, top + rule.TileCells));
        var count = 0;
        for (var y = top; y < bottom; y++)
        {
            foreach (var moves in cells[((y * columns) + left)..((y * columns) + right)])
            {
                count += moves ? 1 : 0;
            }
        }

        return count;
    }

    private Box Around(int first, int cellColumns, int cellRows)
    {
        var (left, top, right, bottom) = (int.MaxValue, int.MaxValue, 0, 0);
        Take(first);
        while (_open.TryPop(out var tile))
        {
            var (x, y) = (tile % Columns, tile / Columns);
            (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x), Math.Max(bottom, y));
            for (var near = 0; near < 9; near++)
            {
                var (nearX, nearY) = (x + (near % 3) - 1, y + (near / 3) - 1);
                if (nearX >= 0 && nearX < Columns && nearY >= 0 && nearY < Rows)
                {
                    Take((nearY * Columns) + nearX);
                }
            }
        }

        float Part(int tile, int cells) => Math.Min(1, (float)tile * rule.TileCells / cells);
        return new Box(Part(left, cellColumns), Part(top, cellRows), Part(right + 1, cellColumns), Part(bottom + 1, cellRows));
    }

    private void Take(int tile)
    {
        if (_tiles[tile] && !_taken[tile])
        {
            _taken[tile] = true;
            _open.Push(tile);
        }
    }

    private void Resize(int cellColumns, int cellRows)
    {
        var (columns, rows) = ((cellColumns + rule.TileCells - 1) / rule.TileCells, (cellRows + rule.TileCells - 1) / rule.TileCells);
        if ((columns, rows) != (Columns, Rows))
        {
            (Columns, Rows) = (columns, rows);
            (_tiles, _taken) = (new bool[columns * rows], new bool[columns * rows]);
        }
    }
}
