using System.Collections.Concurrent;
using System.Diagnostics;
using System.IO.Pipes;
using System.Runtime.InteropServices;

namespace Ambianic.Media.Processes;

/// <summary>
/// A program that we started, at lower priority, and that does not outlive us. Disposing it asks it and its own children to
/// end, waits a second, kills and reaps it; what it has still to say is waited for two seconds more at most.
/// </summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    private const int KillAtOnce = 9;
    private const int Terminate = 15;
    private const int Continue = 18;
    private const int SetPipeSize = 1031;
    private const int PipeSize = 1 << 20;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromSeconds(1);

    private readonly Process _process;
    private readonly TimeProvider _time;
    private readonly Task _errors;

    private ChildProcess(Process process, LineHandler onErrorLine, TimeProvider time)
    {
        _process = process;
        _time = time;
        Output = process.StandardOutput.BaseStream;
        EnlargePipe(Output);
        _errors = ReadErrorsAsync(process.StandardError, onErrorLine);
    }

    /// <summary>What the program writes; ends when it does.</summary>
    public Stream Output { get; }

    /// <summary>What the program reads; only when it was started with input.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>The operating system's number of the program.</summary>
    public int Id => _process.Id;

    /// <summary>Starts a program.</summary>
    /// <param name="executables">Where the programs that wrap it are found.</param>
    /// <param name="path">The program.</param>
    /// <param name="arguments">Passed as they are; no shell sees them.</param>
    /// <param name="withInput">True to write to <see cref="Input"/>.</param>
    /// <param name="onErrorLine">Receives each line of its error output, one at a time, on some thread.</param>
    /// <param name="time">Measures the patience when it is stopped.</param>
    /// <param name="directory">Where it runs; ours when null.</param>
    public static async Task<ChildProcess> StartAsync(
        Executables executables,
        string path,
        IEnumerable<string> arguments,
        bool withInput,
        LineHandler onErrorLine,
        TimeProvider time,
        string? directory = null)
    {
        string[] command = [.. Wrapping(executables), path, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = withInput,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? "",
        };
        return new ChildProcess(await Launcher.StartAsync(start), onErrorLine, time);
    }

    /// <summary>Waits for the program to end by itself and for its last error line.</summary>
    /// <returns>Its exit code; 128 and the signal's number when a signal ended it; null when it goes on although its output has ended.</returns>
    public async Task<int?> WaitForExitAsync(CancellationToken cancellation)
    {
        if (!await HappensAsync(_process.WaitForExitAsync(cancellation), Patience, cancellation))
        {
            return null;
        }

        await HappensAsync(_errors, Patience, cancellation);
        return _process.ExitCode;
    }

    /// <summary>Ends the program at once, also one that is halted; dispose it afterwards.</summary>
    public void Kill() => Send(KillAtOnce);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Asking lets ffmpeg say goodbye to a camera that serves few connections. The closed pipe wakes it if it is writing, and
            // one that was halted hears only when it goes on.
            Send(Terminate);
            Send(Continue);
            await Output.DisposeAsync();
            if (!await HappensAsync(_process.WaitForExitAsync(), TimeToEnd, CancellationToken.None))
            {
                Kill();
                await HappensAsync(_process.WaitForExitAsync(), Patience, CancellationToken.None);
            }
        }

        await HappensAsync(_errors, Patience, CancellationToken.None);
        await Output.DisposeAsync();
        _process.StandardError.Dispose();
        _process.Dispose();
    }

    /// <summary>Signals the program and, when it leads a session, its children; a script may have started what we wanted to run.</summary>
    private void Send(int signal)
    {
        if (!_process.HasExited && Signal(-_process.Id, signal) != 0)
        {
            _ = Signal(_process.Id, signal);
        }
    }

    private static IEnumerable<string> Wrapping(Executables executables)
    {
        if (executables.Find("setpriv") is { } setpriv)
        {
            yield return setpriv;
            yield return "--pdeathsig";
            yield return "KILL";
        }

        // A session of its own: Ctrl+C in our terminal is for us, and we tell the child.
        if (executables.Find("setsid") is { } setsid)
        {
            yield return setsid;
        }

        if (executables.Find("nice") is { } nice)
        {
            yield return nice;
            yield return "-n";
            yield return "10";
        }
    }

    private static async Task ReadErrorsAsync(StreamReader errors, LineHandler onErrorLine)
    {
        try
        {
            await LineReader.ReadAsync(errors.BaseStream, onErrorLine);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // The program was disposed of while it still held its error output open.
        }
    }

    /// <summary>A frame then passes in one or two reads instead of in dozens. Linux only; elsewhere, or when refused, the pipe stays as it is.</summary>
    private static void EnlargePipe(Stream output)
    {
        if (OperatingSystem.IsLinux() && output is PipeStream pipe)
        {
            _ = FileControl(pipe.SafePipeHandle, SetPipeSize, PipeSize);
        }
    }

    private async Task<bool> HappensAsync(Task task, TimeSpan patience, CancellationToken cancellation)
    {
        try
        {
            await task.WaitAsync(patience, _time, cancellation);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    [LibraryImport("libc", EntryPoint = "fcntl")]
    private static partial int FileControl(SafeHandle file, int command, int argument);

    /// <summary>
    /// Starts all children from one thread that lives as long as we do: Linux sends the parent-death signal when the
    /// <em>thread</em> that forked ends (prctl(2), PR_SET_PDEATHSIG), and a pool's thread may end at any time.
    /// </summary>
    private static class Launcher
    {
        private static readonly BlockingCollection<Action> Requests = [];

        static Launcher() => new Thread(Serve) { IsBackground = true, Name = "child launcher" }.Start();

        public static Task<Process> StartAsync(ProcessStartInfo start)
        {
            var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
            Requests.Add(() =>
            {
                try
                {
                    started.SetResult(Process.Start(start)!);
                }
                catch (Exception error)
                {
                    started.SetException(error);
                }
            });
            return started.Task;
        }

        private static void Serve()
        {
            foreach (var request in Requests.GetConsumingEnumerable())
            {
                request();
            }
        }
    }
}
