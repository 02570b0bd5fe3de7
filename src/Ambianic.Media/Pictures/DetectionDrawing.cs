using System.Globalization;
using Ambianic.Core.Vision;
using SkiaSharp;

namespace Ambianic.Media.Pictures;

/// <summary>Draws what was found into a picture: a box for each detection, and its label where there is a font.</summary>
internal static class DetectionDrawing
{
    private static readonly SKColor Colour = new(0xFF, 0xD5, 0x00);
    private static readonly SKColor TextColour = SKColors.Black;

    /// <summary>Draws boxes, line width and text scaled to the size of the picture in pixels.</summary>
    public static void Draw(SKCanvas canvas, int width, int height, IReadOnlyList<Detection> detections)
    {
        var line = Math.Max(1.5f, Math.Max(width, height) / 160f);
        using var stroke = new SKPaint { Color = Colour, StrokeWidth = line, IsStroke = true };
        using var fill = new SKPaint { Color = Colour };
        using var ink = new SKPaint { Color = TextColour, IsAntialias = true };
        using var font = DrawingFont.Typeface is { } typeface ? new SKFont(typeface, Math.Max(11, Math.Max(width, height) / 25f)) : null;
        foreach (var detection in detections)
        {
            var box = detection.Box.Clip();
            canvas.DrawRect(
                SKRect.Inflate(new SKRect(box.XMin * width, box.YMin * height, box.XMax * width, box.YMax * height), -line / 2, -line / 2),
                stroke);
            if (font is null)
            {
                continue;
            }

            var text = string.Create(CultureInfo.InvariantCulture, $"{detection.Label} {detection.Confidence * 100:0}%");
            var lineHeight = font.Size * 1.2f;
            var textWidth = font.MeasureText(text) + (2 * line);
            var x = Math.Clamp(box.XMin * width, 0, Math.Max(0, width - textWidth));
            var y = Math.Max(0, (box.YMin * height) - lineHeight);
            canvas.DrawRect(x, y, textWidth, lineHeight, fill);
            canvas.DrawText(text, x + line, y + font.Size, SKTextAlign.Left, font, ink);
        }
    }
}
