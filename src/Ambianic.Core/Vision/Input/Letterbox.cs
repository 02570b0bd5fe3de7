namespace Ambianic.Core.Vision.Input;

/// <summary>Where a part of a frame lies in a model's input tensor; maps the model's answers back.</summary>
/// <param name="Region">The part that is looked at, relative to the frame.</param>
/// <param name="TensorWidth">Width of the tensor in pixels.</param>
/// <param name="TensorHeight">Height of the tensor in pixels.</param>
/// <param name="X">Left edge of the picture in the tensor, in pixels.</param>
/// <param name="Y">Top edge of the picture in the tensor, in pixels.</param>
/// <param name="Width">Width of the picture in the tensor, in pixels, at least 1.</param>
/// <param name="Height">Height of the picture in the tensor, in pixels, at least 1.</param>
public readonly record struct Letterbox(
    Box Region, int TensorWidth, int TensorHeight, int X, int Y, int Width, int Height)
{
    /// <summary>Fits a part of a frame into a model's input with its aspect kept.</summary>
    /// <param name="input">What the model wants.</param>
    /// <param name="frameWidth">Width of the frame in pixels.</param>
    /// <param name="frameHeight">Height of the frame in pixels.</param>
    /// <param name="region">The part, relative to the frame; clipped to it; null is the whole frame.</param>
    public static Letterbox Fit(ModelInput input, int frameWidth, int frameHeight, Box? region)
    {
        var part = (region ?? Box.Whole).Clip();
        var partWidth = MathF.Max(1, part.Width * frameWidth);
        var partHeight = MathF.Max(1, part.Height * frameHeight);
        var scale = MathF.Min(input.Width / partWidth, input.Height / partHeight);
        var width = Math.Clamp((int)MathF.Round(partWidth * scale), 1, input.Width);
        var height = Math.Clamp((int)MathF.Round(partHeight * scale), 1, input.Height);
        var (tensorWidth, tensorHeight) = input.SizeMultiple > 0
            ? (RoundUp(width, input.SizeMultiple), RoundUp(height, input.SizeMultiple))
            : (input.Width, input.Height);
        return input.Placement == LetterboxPlacement.Centred
            ? new(part, tensorWidth, tensorHeight, (tensorWidth - width) / 2, (tensorHeight - height) / 2, width, height)
            : new(part, tensorWidth, tensorHeight, 0, 0, width, height);
    }

    /// <summary>Takes a box in pixels of the tensor and makes it relative to the region, clipped to it.</summary>
    public Box ToRegion(Box inTensor)
    {
        var (left, top) = ToRegion(inTensor.XMin, inTensor.YMin);
        var (right, bottom) = ToRegion(inTensor.XMax, inTensor.YMax);
        return new Box(left, top, right, bottom).Clip();
    }

    /// <summary>Takes a point in pixels of the tensor and makes it relative to the region; not clipped.</summary>
    public (float X, float Y) ToRegion(float x, float y) => ((x - X) / Width, (y - Y) / Height);

    /// <summary>Takes a box that is relative to the region and gives it in pixels of the tensor.</summary>
    public Box ToTensor(Box inRegion) => new(
        X + (inRegion.XMin * Width), Y + (inRegion.YMin * Height), X + (inRegion.XMax * Width), Y + (inRegion.YMax * Height));

    /// <summary>Takes a box that is relative to the tensor, padding included, and gives it in pixels of the tensor.</summary>
    public Box FromFraction(Box ofTensor) => new(
        ofTensor.XMin * TensorWidth, ofTensor.YMin * TensorHeight, ofTensor.XMax * TensorWidth, ofTensor.YMax * TensorHeight);

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
