using Ambianic.Configuration;

namespace Ambianic.Hosting;

/// <summary>The configuration that is in force, and what is wrong with an edit that is not.</summary>
/// <param name="initial">What the program was started with.</param>
public sealed class CurrentConfiguration(ConfigurationResult initial)
{
    private volatile ConfigurationResult _result = initial;
    private volatile IReadOnlyList<ConfigurationProblem> _rejected = [];

    /// <summary>What is in force.</summary>
    public ConfigurationResult Result => _result;

    /// <summary>Why the files as they are now are not in force; empty when they are.</summary>
    public IReadOnlyList<ConfigurationProblem> Rejected => _rejected;

    /// <summary>An edit is in force from now on.</summary>
    public void Accept(ConfigurationResult result) => (_result, _rejected) = (result, []);

    /// <summary>An edit is wrong; what was in force stays so.</summary>
    public void Reject(ConfigurationResult result) => _rejected = [.. result.Problems.Where(problem => !problem.IsWarning)];
}
