using Ambianic.Core.Configuration;

namespace Ambianic.Server.Hosting;

/// <summary>The configuration that is in force, and what is wrong with what is not.</summary>
/// <param name="initial">What the program was started with; what is wrong with it was left out.</param>
internal sealed class CurrentConfiguration(ConfigurationResult initial)
{
    private volatile ConfigurationResult _result = initial;
    private volatile IReadOnlyList<ConfigurationProblem> _rejected = Errors(initial);
    private volatile TaskCompletionSource _looked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is in force.</summary>
    public ConfigurationResult Result => _result;

    /// <summary>Why the files as they are now are not in force, or not all that they say; empty when it is.</summary>
    public IReadOnlyList<ConfigurationProblem> Rejected => _rejected;

    /// <summary>Ends when the next edit has been accepted or rejected.</summary>
    public Task NextEdit => _looked.Task;

    /// <summary>An edit is in force from now on.</summary>
    public void Accept(ConfigurationResult result)
    {
        (_result, _rejected) = (result, Errors(result));
        Tell();
    }

    /// <summary>An edit is wrong; what was in force stays so.</summary>
    public void Reject(ConfigurationResult result)
    {
        _rejected = Errors(result);
        Tell();
    }

    private void Tell() => Interlocked.Exchange(ref _looked, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private static IReadOnlyList<ConfigurationProblem> Errors(ConfigurationResult result) => [.. result.Problems.Where(problem => !problem.IsWarning)];
}
