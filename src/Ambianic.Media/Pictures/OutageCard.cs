using System.Globalization;
using Ambianic.Core.Health;
using Ambianic.Core.Visibility;
using SkiaSharp;

namespace Ambianic.Media.Pictures;

/// <summary>Draws what the timeline says of an outage, as there is no picture of it.</summary>
internal static class OutageCard
{
    private const int Width = 320;
    private const int Height = 180;
    private const int Quality = 90; // JPEG, 0 to 100
    private const float Margin = 16;
    private const float TitleSize = 24;
    private const float TextSize = 15;
    private const float LineHeight = 1.35f; // of the size
    private static readonly SKColor Outage = new(0x7A, 0x1F, 0x1F);
    private static readonly SKColor Over = new(0x1F, 0x5A, 0x33);

    /// <summary>The card as a JPEG file.</summary>
    public static byte[] Jpeg(OutageReport outage)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Width, Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        surface.Canvas.Clear(outage.Visibility == VisibilityState.Visible ? Over : Outage);
        if (DrawingFont.Typeface is { } typeface)
        {
            Write(surface.Canvas, typeface, outage);
        }

        using var image = surface.Snapshot();
        using var data = image.Encode(SKEncodedImageFormat.Jpeg, Quality);
        return data.ToArray();
    }

    private static void Write(SKCanvas canvas, SKTypeface typeface, OutageReport outage)
    {
        using var ink = new SKPaint { Color = SKColors.White, IsAntialias = true };
        using var title = new SKFont(typeface, TitleSize);
        using var text = new SKFont(typeface, TextSize);
        var y = Margin;
        foreach (var (font, line) in Lines(title, Title(outage)).Concat(Lines(text, outage.Pipeline)).Concat(Lines(text, Since(outage))).Concat(Lines(text, outage.Reason)))
        {
            y += font.Size * LineHeight;
            if (y > Height - Margin)
            {
                return;
            }

            canvas.DrawText(line, Margin, y, SKTextAlign.Left, font, ink);
        }
    }

    private static string Title(OutageReport outage) => outage.Visibility switch
    {
        VisibilityState.Visible => "Usable picture again",
        VisibilityState.NoVideo => "No video",
        VisibilityState.Frozen => "Frozen picture",
        VisibilityState.Black => "Dark picture",
        VisibilityState.Covered => "Covered camera",
        _ => "Not running",
    };

    private static string Since(OutageReport outage) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(outage.Visibility == VisibilityState.Visible ? "no usable picture from" : "since")} {outage.OutageSince:yyyy-MM-dd HH:mm:ss}");

    /// <summary>A text in lines that fit; a word that is longer than a line is cut.</summary>
    private static IEnumerable<(SKFont Font, string Line)> Lines(SKFont font, string text)
    {
        var line = "";
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (line.Length > 0 && font.MeasureText(longer) > Width - (2 * Margin))
            {
                yield return (font, line);
                longer = word;
            }

            line = longer;
        }

        if (line.Length > 0)
        {
            yield return (font, line);
        }
    }
}
