namespace Ambianic.Core.Vision.Falls;

/// <summary>What <c>detect_falls</c> reports of a person.</summary>
public enum FallKind
{
    /// <summary>Somebody fell.</summary>
    Fall,

    /// <summary>Somebody fell and has not got up since; reported twice.</summary>
    LongLie,

    /// <summary>Somebody fell and got up before it was a long lie.</summary>
    Recovered,

    /// <summary>Somebody lies who was not seen to fall.</summary>
    PersonDown,

    /// <summary>Somebody got up who had been lying for long.</summary>
    GotUp,
}
