namespace Ambianic.Core.Pipelines;

/// <summary>What of a pipeline was replaced because it was stuck.</summary>
internal enum HealedPart
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The connection to the source.</summary>
    Connection,

    /// <summary>An element.</summary>
    Element,
}
