using Ambianic.Core.Configuration;

namespace Ambianic.Configuration.Saving;

/// <summary>A text that is to be the content of the file that the program writes.</summary>
/// <param name="Text">YAML. A secret may stand in it as <c>***</c> where it is to stay what it is.</param>
/// <param name="IsExpected">False when a content is not the one that the caller has seen; of a file that does not exist it is empty.</param>
/// <param name="Forbidden">Why a configuration may not be set this way; empty when it may.</param>
public sealed record TextChange(string Text, Func<ReadOnlyMemory<byte>, bool> IsExpected, Func<ConfigurationResult, IReadOnlyList<ConfigurationProblem>> Forbidden)
{
    /// <summary>True when a configuration without pipelines is a slip.</summary>
    public bool NeedsPipelines { get; init; }

    /// <summary>True for a text that was in the file before: it may refer to variables and to other files.</summary>
    public bool IsTrusted { get; init; }
}
