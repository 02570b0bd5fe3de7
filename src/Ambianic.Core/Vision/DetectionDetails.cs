namespace Ambianic.Core.Vision;

/// <summary>What an element knows of a detection beyond its label, confidence and box.</summary>
public abstract record DetectionDetails;
