namespace Ambianic.Core.Vision.Falls;

/// <summary>Labels of the detections that <c>detect_falls</c> makes: a <see cref="FallKind"/> as it is stored and shown.</summary>
public static class FallLabels
{
    /// <summary>Of <see cref="FallKind.Fall"/>.</summary>
    public const string Fall = "FALL";

    /// <summary>Of <see cref="FallKind.LongLie"/>.</summary>
    public const string LongLie = "LONG_LIE";

    /// <summary>Of <see cref="FallKind.Recovered"/>.</summary>
    public const string Recovered = "RECOVERED";

    /// <summary>Of <see cref="FallKind.PersonDown"/>.</summary>
    public const string PersonDown = "PERSON_DOWN";

    /// <summary>Of <see cref="FallKind.GotUp"/>.</summary>
    public const string GotUp = "GOT_UP";

    /// <summary>The label of a kind.</summary>
    public static string Of(FallKind kind) => kind switch
    {
        FallKind.Fall => Fall,
        FallKind.LongLie => LongLie,
        FallKind.Recovered => Recovered,
        FallKind.PersonDown => PersonDown,
        FallKind.GotUp => GotUp,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>What the person is doing when this label is reported; null when it is none of these labels.</summary>
    public static FallState? StateAt(string label) => label switch
    {
        Fall => FallState.Fallen,
        LongLie or PersonDown => FallState.LongLie,
        Recovered or GotUp => FallState.Upright,
        _ => null,
    };
}
