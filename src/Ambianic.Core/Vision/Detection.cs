namespace Ambianic.Core.Vision;

/// <summary>Something that was recognised in a picture.</summary>
/// <param name="Label">What it is, in the words of the model's labels.</param>
/// <param name="Confidence">0 to 1.</param>
/// <param name="Box">Where it is, relative to the sample's picture (its region, when it has one).</param>
public sealed record Detection(string Label, float Confidence, Box Box)
{
    /// <summary>The label of a person, as in the COCO data set and in every pose model.</summary>
    public const string PersonLabel = "person";

    /// <summary>Key points of a pose or a face, empty when the model gives none.</summary>
    public IReadOnlyList<Keypoint> Keypoints { get; init; } = [];

    /// <summary>Names of the zones it is in; mostly none.</summary>
    public IReadOnlyList<string> Zones { get; init; } = [];

    /// <summary>Number of the object that it shows, the same from sample to sample and unique within a run of the pipeline; null when nobody follows it.</summary>
    public int? TrackId { get; init; }

    /// <summary>What the element that found it knows beyond that; null when it is nothing.</summary>
    public DetectionDetails? Details { get; init; }

    /// <summary>Takes a detection whose places are relative to <paramref name="region"/> and makes them relative to the picture that holds the region.</summary>
    public Detection Within(Box region) => this with
    {
        Box = Box.Within(region),
        Keypoints =
        [
            .. Keypoints.Select(point => point with
            {
                X = region.XMin + (point.X * region.Width),
                Y = region.YMin + (point.Y * region.Height),
            }),
        ],
    };
}

/// <summary>A named point of a body or a face.</summary>
/// <param name="Name">For example <c>left_shoulder</c>.</param>
/// <param name="X">0 to 1 across the sample's picture.</param>
/// <param name="Y">0 to 1 down the sample's picture.</param>
/// <param name="Confidence">0 to 1.</param>
public readonly record struct Keypoint(string Name, float X, float Y, float Confidence);
