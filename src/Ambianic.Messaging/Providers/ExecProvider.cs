using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;

namespace Ambianic.Messaging.Providers;

/// <summary>
/// A program on this computer: the message as JSON on its standard input, the main fields in environment variables <c>AMBIANIC_…</c>,
/// and <c>arg</c> parameters as arguments. No shell is involved. Exit code 0 is delivered, 75 (EX_TEMPFAIL of sysexits.h) passes.
/// </summary>
internal sealed class ExecProvider : IAlertProvider
{
    private const int TemporaryFailure = 75;
    private const int MostOfError = 4096;

    /// <summary>Linux takes no variable of 128 KB.</summary>
    private const int MostOfVariable = 30_000;

    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private readonly string _program;
    private readonly IReadOnlyList<string> _arguments;
    private readonly TimeProvider _time;

    /// <summary>Makes one.</summary>
    /// <exception cref="FormatException">There is no such program.</exception>
    public ExecProvider(ProviderAddress address, TimeProvider time)
    {
        _program = "/" + string.Join('/', address.Path);
        _arguments = address.All("arg");
        _time = time;
        if (address.Host.Length > 0 || address.Path.Count == 0)
        {
            throw new FormatException("does not name a program by its whole path");
        }

        if (!File.Exists(_program))
        {
            throw new FormatException("names a program that does not exist, or that Ambianic may not see");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(_program) & AnyExecute) == 0)
        {
            throw new FormatException("names a file that cannot be executed; chmod +x makes it a program");
        }
    }

    /// <inheritdoc/>
    public string Name => $"program {Path.GetFileName(_program)}";

    /// <inheritdoc/>
    public async Task<DeliveryOutcome> SendAsync(AlertMessage message, CancellationToken cancellation)
    {
        Process process;
        try
        {
            process = Start(message);
        }
        catch (Win32Exception error)
        {
            const int NotFound = 2, NotAProgram = 8, NotAllowed = 13;
            var reason = $"{Name} cannot be started: {error.Message}";
            return error.NativeErrorCode is NotFound or NotAProgram or NotAllowed ? DeliveryOutcome.Permanent(reason) : DeliveryOutcome.Passing(reason);
        }

        using (process)
        {
            try
            {
                return await Attempt.WithinAsync(Name, _time, within => RunAsync(process, message, within), cancellation);
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill(entireProcessTree: true);
                }
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private Process Start(AlertMessage message)
    {
        var start = new ProcessStartInfo(_program, _arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (name, value) in AlertFields.AsText(message).Prepend(new("text", message.Text)).Prepend(new("title", message.Title)))
        {
            start.Environment[$"AMBIANIC_{name.ToUpperInvariant()}"] = MessageText.CutBytes(value.Replace("\0", "", StringComparison.Ordinal), MostOfVariable);
        }

        return Process.Start(start)!;
    }

    private async Task<DeliveryOutcome> RunAsync(Process process, AlertMessage message, CancellationToken cancellation)
    {
        var complaint = ReadFirstLineAsync(process.StandardError.BaseStream, cancellation);
        var output = process.StandardOutput.BaseStream.CopyToAsync(Stream.Null, cancellation);
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(AlertJson.Bytes(message), cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It does not want to read it.
        }

        await process.WaitForExitAsync(cancellation);
        _ = output.ContinueWith(static task => task.Exception, TaskScheduler.Default); // a child of its own may keep it open
        if (process.ExitCode == 0)
        {
            return DeliveryOutcome.Delivered;
        }

        var said = MessageText.Cut(Credentials.Mask(MessageText.Line(await complaint)), 200);
        var reason = $"{Name} ended with {process.ExitCode}{(said.Length == 0 ? "" : $": {said}")}";
        return process.ExitCode == TemporaryFailure ? DeliveryOutcome.Passing(reason) : DeliveryOutcome.Permanent(reason);
    }

    /// <summary>Reads on to the end, so that the program is never held up, and gives the first line as soon as it is there.</summary>
    private static Task<string> ReadFirstLineAsync(Stream stream, CancellationToken cancellation)
    {
        var line = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = ReadAsync();
        return line.Task;

        async Task ReadAsync()
        {
            var read = new List<byte>();
            try
            {
                var buffer = new byte[MostOfError];
                while (await stream.ReadAsync(buffer, cancellation) is > 0 and var count)
                {
                    read.AddRange(buffer.AsSpan(0, Math.Min(count, MostOfError - read.Count)));
                    if (Encoding.UTF8.GetString([.. read]).TrimStart() is var text && (text.Contains('\n') || read.Count == MostOfError))
                    {
                        line.TrySetResult(text.Split('\n')[0]);
                    }
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                // It ended, or it takes too long.
            }

            line.TrySetResult(Encoding.UTF8.GetString([.. read]).TrimStart().Split('\n')[0]);
        }
    }
}
