using System.Diagnostics;
using Ambianic.Models;

namespace Ambianic.Hosting;

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
        using var process = Start(onnx);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Longest);
        var (said, told) = (process.StandardError.ReadToEndAsync(limit.Token), process.StandardOutput.ReadToEndAsync(limit.Token));
        try
        {
            await process.WaitForExitAsync(limit.Token);
            await told;
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            cancellation.ThrowIfCancellationRequested();
            throw new ModelException($"the model runtime did not come to an end with it in {Longest.TotalMinutes:0} minutes; the file is probably damaged");
        }

        if (process.ExitCode >= FirstSignal)
        {
            throw new ModelException($"the model runtime does not survive it (signal {process.ExitCode - FirstSignal}: {LastLine(await said)}); the file is probably damaged");
        }
    }

    private static Process Start(string onnx)
    {
        var program = Environment.ProcessPath ?? throw new InvalidOperationException("the program does not know its own path");
        List<string> arguments = ["models", Command, onnx];
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            arguments.Insert(0, typeof(ModelTrial).Assembly.Location);
        }

        return Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private static string LastLine(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it said nothing";
}
