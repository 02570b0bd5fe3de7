namespace Ambianic.Messaging.Providers;

/// <summary>Telephone numbers as services want them.</summary>
internal static class PhoneNumber
{
    /// <summary>A plus sign and digits (E.164), from how people write it; null when it is none. The country's code has to be there.</summary>
    public static string? Parse(string text)
    {
        var digits = string.Concat(text.Where(char.IsAsciiDigit));
        return digits.Length is >= 7 and <= 15 && text.All(character => char.IsAsciiDigit(character) || " +-().".Contains(character)) ? "+" + digits : null;
    }
}
