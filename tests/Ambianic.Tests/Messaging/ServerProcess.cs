using System.Collections.Concurrent;
using System.Diagnostics;

namespace Ambianic.Tests.Messaging;

/// <summary>A program that serves on the loopback interface and writes lines, kept as they come; it ends with the test.</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();

    public ServerProcess(string program, params string[] arguments)
    {
        _process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true },
        };
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>All lines so far, of standard output and standard error.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>Waits for a line.</summary>
    public async Task<string> LineAsync(Func<string, bool> isIt)
    {
        await Eventually.TrueAsync(() => Lines.Any(isIt) || _process.HasExited);
        return Lines.FirstOrDefault(isIt) ?? throw new InvalidOperationException($"it ended: {string.Join(" | ", Lines)}");
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }

    private void Add(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }
}
