namespace Ambianic.Core.Vision.Motion;

/// <summary>What counts as motion. Levels are those of the luma plane, 0 to 255; times are in seconds.</summary>
public sealed record MotionRule
{
    /// <summary>Lines to which a picture is reduced: cells are squares, so that noise of the sensor averages out and a person far away still covers some.</summary>
    public int Lines { get; init; } = 90;

    /// <summary>A cell that differs by less never moves: compression alone changes it by so many levels.</summary>
    public float LeastDifference { get; init; } = 4;

    /// <summary>A cell moves when it differs by so many standard deviations of what it did before: leaves and rain stop to count.</summary>
    public float Deviations { get; init; } = 4;

    /// <summary>Cells along the edge of a tile.</summary>
    public int TileCells { get; init; } = 4;

    /// <summary>A tile moves when so many of its cells do.</summary>
    public int LeastCells { get; init; } = 2;

    /// <summary>When more of the picture moves, from 0 to 1, it is the light or the camera: everything is learnt again.</summary>
    public float SceneShare { get; init; } = 0.6f;

    /// <summary>What lasts this long belongs to the background.</summary>
    public float LearningSeconds { get; init; } = 12;

    /// <summary>How long the noise of a cell is remembered.</summary>
    public float NoiseSeconds { get; init; } = 30;

    /// <summary>Nothing is known of a picture before so much time.</summary>
    public float StartSeconds { get; init; } = 2;

    /// <summary>After the last motion each frame is looked at for this long: who has just stopped is still there.</summary>
    public float HoldSeconds { get; init; } = 1;

    /// <summary>The picture is looked at this often whatever moves.</summary>
    public float FullLookSeconds { get; init; } = 2;
}
