namespace Ambianic.Tests;

/// <summary>Tests that measure the whole process or count what a busy processor changes; nothing else runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
