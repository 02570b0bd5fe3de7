using Ambianic.Core.Vision;

namespace Ambianic.Evaluation.Tracking;

/// <summary>An object in one sample, by hand or by a tracker.</summary>
/// <param name="Id">Whose it is; any number.</param>
/// <param name="Box">Where it is, relative to the picture.</param>
internal readonly record struct TrackedBox(int Id, Box Box);
