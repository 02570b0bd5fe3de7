namespace Ambianic.Core.Vision;

/// <summary>A model that a configuration may name without saying where its file is.</summary>
/// <param name="Name">As in the configuration, for example <c>nanodet</c>; case does not matter.</param>
/// <param name="Role">What it looks for.</param>
public sealed record KnownModel(string Name, ModelRole Role);
