using Ambianic.Inference;
using Ambianic.Media.Processes;

namespace Ambianic.Server.Hosting;

/// <summary>
/// Loads and runs a model once in a process of its own: a malformed file can end the native runtime, and that must not end
/// those who watch. What merely fails is told when the model is loaded for good.
/// </summary>
internal static class ModelTrial
{
    /// <summary>The command of this program that does it.</summary>
    public const string Command = "try";

    private const int FirstSignal = 128; // a process that a signal ended has this and its number as exit code
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    /// <summary>Passes when the model leaves the runtime alive.</summary>
    /// <exception cref="ModelException">It does not, or takes longer than three minutes.</exception>
    public static async Task RunAsync(string onnx, CancellationToken cancellation)
    {
        var said = "it said nothing";
        await using var process = await StartAsync(onnx, line => said = line.Trim() is { Length: > 0 } text ? text : said);
        var ended = process.Output.CopyToAsync(Stream.Null, CancellationToken.None); // disposing the process ends it
        try
        {
            await ended.WaitAsync(Longest, TimeProvider.System, cancellation);
        }
        catch (TimeoutException)
        {
            process.Kill();
            throw new ModelException($"the model runtime did not come to an end with it in {Longest.TotalMinutes:0} minutes; the file is probably damaged");
        }

        if (await process.WaitForExitAsync(cancellation) is { } exitCode and >= FirstSignal)
        {
            throw new ModelException($"the model runtime does not survive it (signal {exitCode - FirstSignal}: {said}); the file is probably damaged");
        }
    }

    private static Task<ChildProcess> StartAsync(string onnx, Action<string> onErrorLine)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the program does not know its own path");
        List<string> arguments = ["models", Command, onnx];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments.Insert(0, typeof(ModelTrial).Assembly.Location);
        }

        return ChildProcess.StartAsync(Executables.OfThisProcess, program, arguments, withInput: false, line => onErrorLine(line.ToString()), TimeProvider.System);
    }
}
