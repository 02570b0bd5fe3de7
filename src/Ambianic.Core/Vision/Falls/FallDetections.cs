namespace Ambianic.Core.Vision.Falls;

/// <summary>Detections of <c>detect_falls</c>.</summary>
public static class FallDetections
{
    extension(Detection detection)
    {
        /// <summary>What a fall detection says beyond its label and box; null for everything else.</summary>
        public FallReport? Fall => detection.Details as FallReport;
    }
}
