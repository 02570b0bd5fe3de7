namespace Ambianic.Vision.Falls;

/// <summary>Labels of what <c>detect_falls</c> reports.</summary>
public static class FallLabels
{
    /// <summary>Somebody fell.</summary>
    public const string Fall = "FALL";

    /// <summary>Somebody fell and has not got up since; raised twice.</summary>
    public const string LongLie = "LONG_LIE";

    /// <summary>Somebody fell and got up before it was a long lie.</summary>
    public const string Recovered = "RECOVERED";

    /// <summary>Somebody lies who was not seen to fall.</summary>
    public const string PersonDown = "PERSON_DOWN";

    /// <summary>Somebody got up who had been lying for long.</summary>
    public const string GotUp = "GOT_UP";
}
