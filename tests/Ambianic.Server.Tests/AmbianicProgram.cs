using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Ambianic.Server.Tests;

/// <summary>The real program in its own process and working directory, as a user starts it.</summary>
internal sealed partial class AmbianicProgram : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(6);

    /// <summary>An evaluation of many recordings, on a machine that does other things too.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(20);
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private AmbianicProgram(string? user, string directory, IEnumerable<KeyValuePair<string, string>> environment, string[] arguments)
    {
        string[] command = ["dotnet", Path.Combine(AppContext.BaseDirectory, "ambianic.dll"), .. arguments];
        if (user is not null)
        {
            command = ["setpriv", "--reuid", user, "--clear-groups", .. command];
        }

        var start = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(line.Data);
        _process.ErrorDataReceived += (_, line) => Take(line.Data);
        _process.Start();
        _process.StandardInput.Close();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id => _process.Id;

    public string Output => string.Join('\n', _output);

    /// <summary>Starts a command that serves; the page's address is known when it is printed.</summary>
    public static AmbianicProgram Start(string directory, params string[] arguments) => new(null, directory, [], arguments);

    /// <summary>Starts a command that serves, with a cache of its own.</summary>
    public static AmbianicProgram StartWithCache(string directory, string cache, params string[] arguments) =>
        StartWith(directory, new Dictionary<string, string> { ["AMBIANIC_CACHE"] = cache }, arguments);

    /// <summary>Starts a command that serves, with variables of its own.</summary>
    public static AmbianicProgram StartWith(string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(null, directory, environment, arguments);

    /// <summary>Starts a command that serves, as another user.</summary>
    /// <param name="user">A number; null is ourselves.</param>
    /// <param name="directory">Where it works.</param>
    /// <param name="environment">Variables of its own.</param>
    /// <param name="arguments">The command.</param>
    public static AmbianicProgram StartAs(string? user, string directory, IReadOnlyDictionary<string, string> environment, params string[] arguments) =>
        new(user, directory, environment, arguments);

    /// <summary>Runs a command to its end.</summary>
    public static Task<Finished> RunAsync(string directory, CancellationToken cancellation, params string[] arguments) =>
        RunWithAsync(directory, new Dictionary<string, string>(), cancellation, arguments);

    /// <summary>Runs a command to its end, with variables of its own.</summary>
    public static async Task<Finished> RunWithAsync(
        string directory, IReadOnlyDictionary<string, string> environment, CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ambianic.dll"), .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        try
        {
            await process.WaitForExitAsync(cancellation).WaitAsync(LongestRun, TimeProvider.System, cancellation);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        return new Finished(process.ExitCode, await output, await errors);
    }

    /// <summary>Where the page is.</summary>
    public async Task<Uri> AddressAsync(CancellationToken cancellation)
    {
        try
        {
            var ended = _process.WaitForExitAsync(cancellation); // returns once all of the output has been read
            if (await Task.WhenAny(_address.Task, ended).WaitAsync(Patience, TimeProvider.System, cancellation) == ended && !_address.Task.IsCompleted)
            {
                throw new InvalidOperationException($"the program ended with {_process.ExitCode} and printed no address:\n{Output}");
            }

            return await _address.Task;
        }
        catch (TimeoutException)
        {
            _process.Refresh();
            throw new TimeoutException(
                $"the program printed no address in {Patience.TotalMinutes} minutes; it has used {_process.TotalProcessorTime.TotalSeconds:0.0} s of the processor:\n{Output}");
        }
    }

    /// <summary>Waits until it ends by itself.</summary>
    /// <returns>The exit code; 128 and the signal's number when a signal ended it.</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellation)
    {
        await _process.WaitForExitAsync(cancellation).WaitAsync(Patience, TimeProvider.System, cancellation);
        return _process.ExitCode;
    }

    /// <summary>Ends it as a power cut would: SIGKILL.</summary>
    public async Task KillAsync(CancellationToken cancellation)
    {
        _process.Kill();
        await _process.WaitForExitAsync(cancellation);
    }

    /// <summary>Asks it to end, as a service manager would: SIGTERM.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> TerminateAsync(CancellationToken cancellation)
    {
        using (var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]))
        {
            await kill.WaitForExitAsync(cancellation);
        }

        return await WaitForExitAsync(cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (Address().Match(line) is { Success: true } match)
        {
            _address.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"The timeline.* (http://127\.0\.0\.1:\d+/)")]
    private static partial Regex Address();

    internal sealed record Finished(int ExitCode, string Output, string Errors);
}
