using System.Diagnostics;

namespace Ambianic.Server.Tests.Metrics;

/// <summary>The checker of Prometheus.</summary>
internal static class Promtool
{
    /// <summary>Runs it; the test is skipped where it is not installed.</summary>
    /// <param name="input">What it reads from standard input; null is nothing.</param>
    /// <param name="arguments">For example <c>check metrics</c>.</param>
    /// <returns>Its exit code and all that it said.</returns>
    public static async Task<(int ExitCode, string Said)> RunAsync(string? input, params string[] arguments)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        Assert.SkipUnless(folders.Any(folder => File.Exists(Path.Combine(folder, "promtool"))), "promtool is not installed: sudo apt-get install prometheus");
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var said = Task.WhenAll(process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.StandardInput.WriteAsync(input.AsMemory(), cancellation);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, string.Concat(await said));
    }
}
