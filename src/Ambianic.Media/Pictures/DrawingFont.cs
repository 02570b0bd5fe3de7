using SkiaSharp;

namespace Ambianic.Media.Pictures;

/// <summary>
/// A font of this computer. The drawing library brings none. Debian's and Ubuntu's ffmpeg depends on fontconfig and that on DejaVu, so
/// one of these is there wherever video can be decoded.
/// </summary>
internal static class DrawingFont
{
    private const string FontFolder = "/usr/share/fonts";

    private static readonly Lazy<SKTypeface?> Found = new(Find);

    /// <summary>Null where there is none.</summary>
    public static SKTypeface? Typeface => Found.Value;

    private static SKTypeface? Find()
    {
        if (!Directory.Exists(FontFolder))
        {
            return null;
        }

        var fonts = Directory
            .EnumerateFiles(FontFolder, "*.ttf", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .ToArray();
        var best = fonts.FirstOrDefault(path => Path.GetFileName(path) is "DejaVuSans.ttf" or "LiberationSans-Regular.ttf")
            ?? fonts.Order(StringComparer.Ordinal).FirstOrDefault();
        return best is null ? null : SKTypeface.FromFile(best);
    }
}
