using System.ComponentModel;
using Ambianic.Media.Processes;

namespace Ambianic.Server.Doctor;

/// <summary>Reads what programs of the system say.</summary>
internal static class ToolOutput
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Runs a program.</summary>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="time">Clock of the limit, 20 s.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <returns>Its standard output; null when it cannot be started, fails, or does not come to an end.</returns>
    public static async Task<string?> ReadAsync(string program, IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
            await using var process = await ChildProcess.StartAsync(Executables.OfThisProcess, program, arguments, withInput: false, _ => { }, time);
            using var reader = new StreamReader(process.Output, leaveOpen: true);
            var text = await reader.ReadToEndAsync(either.Token);
            return await process.WaitForExitAsync(either.Token) == 0 ? text : null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            return null;
        }
    }
}
