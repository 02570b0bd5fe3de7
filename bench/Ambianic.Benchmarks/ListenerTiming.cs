using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Ambianic.Benchmarks;

/// <summary>What many who listen to a program cost it while nothing happens: the program runs in a process of its own.</summary>
internal static partial class ListenerTiming
{
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(20);

    public static Command Command()
    {
        var listeners = new Option<int>("--listeners") { DefaultValueFactory = _ => 1000, Description = "how many" };
        var seconds = new Option<double>("--seconds") { DefaultValueFactory = _ => 60, Description = "how long" };
        var command = new Command("listeners", "times and weighs many who listen to /api/stream while nothing happens") { listeners, seconds };
        command.SetAction((parsed, cancellation) => MeasureAsync(parsed.GetValue(listeners), TimeSpan.FromSeconds(parsed.GetValue(seconds)), cancellation));
        return command;
    }

    private static async Task MeasureAsync(int count, TimeSpan length, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("ambianic-bench-").FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "config.yaml"), "pipelines: {front: [source: {uri: /nowhere.mp4}]}\nlogging: {console_level: ERROR}\n", cancellation);
        using var program = Start(folder);
        List<TcpClient> clients = [];
        try
        {
            var address = await AddressAsync(program, cancellation);
            await Task.Delay(Settles, TimeProvider.System, cancellation);
            var alone = await WatchAsync(program, length, cancellation);
            for (var number = 0; number < count; number++)
            {
                clients.Add(await ListenAsync(address, cancellation));
            }

            await Task.Delay(Settles, TimeProvider.System, cancellation);
            var with = await WatchAsync(program, length, cancellation);
            Console.WriteLine("| listeners | MB without | MB with | KB each | % of one core without | % with |");
            Console.WriteLine("|---|---|---|---|---|---|");
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"| {count} | {alone.Bytes / 1e6:0.0} | {with.Bytes / 1e6:0.0} | {(with.Bytes - alone.Bytes) / 1e3 / count:0.0} | {100 * alone.Share:0.00} | {100 * with.Share:0.00} |"));
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
            program.Kill();
            await program.WaitForExitAsync(CancellationToken.None);
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string folder) => Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ambianic.dll"), "run", "--port", "0"])
    {
        WorkingDirectory = folder,
        RedirectStandardOutput = true,
    })!;

    private static async Task<Uri> AddressAsync(Process program, CancellationToken cancellation)
    {
        while (await program.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            if (AddressRegex().Match(line) is { Success: true } found)
            {
                return new Uri(found.Value);
            }
        }

        throw new InvalidOperationException("the program did not start");
    }

    /// <summary>Listens, and has read what is sent at the begin.</summary>
    private static async Task<TcpClient> ListenAsync(Uri address, CancellationToken cancellation)
    {
        var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port, cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"GET /api/stream HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"), cancellation);
        var said = "";
        var buffer = new byte[4096];
        while (!said.Contains("event: health", StringComparison.Ordinal))
        {
            said += Encoding.UTF8.GetString(buffer, 0, await stream.ReadAsync(buffer, cancellation));
        }

        return client;
    }

    private static async Task<(double Share, long Bytes)> WatchAsync(Process program, TimeSpan length, CancellationToken cancellation)
    {
        program.Refresh();
        var (before, start) = (program.TotalProcessorTime, TimeProvider.System.GetTimestamp());
        await Task.Delay(length, TimeProvider.System, cancellation);
        program.Refresh();
        return ((program.TotalProcessorTime - before) / TimeProvider.System.GetElapsedTime(start), program.WorkingSet64);
    }

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/")]
    private static partial Regex AddressRegex();
}
