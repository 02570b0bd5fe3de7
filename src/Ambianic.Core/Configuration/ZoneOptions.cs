using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>A part of a camera's picture: an entry of <c>zones</c>.</summary>
public sealed record ZoneOptions : IValidatableObject
{
    private const double SmallestArea = 1e-6; // a pixel of a large picture

    /// <summary>Corners, each <c>[x, y]</c>, 0 to 1 from the left and from the top: at least 3.</summary>
    [Required]
    public IReadOnlyList<IReadOnlyList<double>> Points { get; init; } = [];

    /// <summary>
    /// <c>watch</c>: detections in it name it. <c>ignore</c>: what is found in it does not count. <c>ignore_motion</c>: what moves in it is no reason to look.
    /// The default is <c>watch</c>.
    /// </summary>
    public ZoneKind Kind { get; init; } = ZoneKind.Watch;

    /// <summary>Labels that it is about. The default is all.</summary>
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary><c>foot</c>: the middle of a box's lower edge lies in it. <c>overlap</c>: half of the box does. The default is <c>foot</c>.</summary>
    public ZoneTest Test { get; init; } = ZoneTest.Foot;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Points.Any(point => point is not [>= 0 and <= 1, >= 0 and <= 1]))
        {
            yield return new ValidationResult("points must be a list of [x, y], each from 0 to 1");
        }
        else if (Points.Count < 3)
        {
            yield return new ValidationResult("points must be at least 3");
        }
        else if (Area < SmallestArea)
        {
            yield return new ValidationResult("points must enclose an area; these lie on a line");
        }
    }

    /// <summary>Of the polygon (the shoelace formula), as a part of the picture.</summary>
    private double Area => Math.Abs(Points.Zip(Points.Skip(1).Append(Points[0]), (one, next) => (one[0] * next[1]) - (next[0] * one[1])).Sum()) / 2;
}

/// <summary>What a zone is for.</summary>
public enum ZoneKind
{
    /// <summary>Detections in it name it.</summary>
    Watch,

    /// <summary>What is found in it does not count.</summary>
    Ignore,

    /// <summary>What moves in it is no reason to look.</summary>
    IgnoreMotion,
}

/// <summary>When something is in a zone.</summary>
public enum ZoneTest
{
    /// <summary>When it stands in it.</summary>
    Foot,

    /// <summary>When half of it lies in it.</summary>
    Overlap,
}
