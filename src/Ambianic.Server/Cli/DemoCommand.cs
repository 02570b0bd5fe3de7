using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Ambianic.Core.Health;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Inference.Models;
using Ambianic.Server.Demo;
using Spectre.Console;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic demo</c>: real footage on a timeline, with nothing configured.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var command = new Command("demo", "Watch real footage as if it were a camera; needs no configuration")
        {
            CommonOptions.Port,
        };
        command.SetAction((parsed, cancellation) => RunAsync(
            parsed.GetResult(CommonOptions.Port) is { Implicit: false } ? parsed.GetValue(CommonOptions.Port) : FreePort(), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(int port, CancellationToken cancellation)
    {
        var directory = Path.Combine(ModelStore.DefaultDirectory(), "demo");
        var footage = await FetchAsync(directory, cancellation);
        var setup = new DemoSetup(directory, footage);
        await using var application = AmbianicHost.Build(setup.Configure(), port);
        using var events = application.Services.GetRequiredService<EventFeed>().Listen();
        var address = await AmbianicHost.StartAsync(application);
        Console.WriteLine($"""

            Watching {Path.GetFileName(footage)} as if it were a camera.
              The timeline:       {address}   (Ctrl+C stops)
              The pictures:       {setup.DataDir}
              The configuration:  {setup.ConfigurationFile}

            """);
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, application.Lifetime.ApplicationStopping);
            while (true)
            {
                var seen = await events.NextAsync(either.Token);
                Console.WriteLine($"{seen.At.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {seen.Pipeline}: {Describe(seen)}");
            }
        }
        catch (OperationCanceledException)
        {
            // Ctrl+C is how a demo ends.
        }

        await application.StopAsync(CancellationToken.None);
        return 0;
    }

    /// <summary>The model and the footage, both at once, with a bar for each; at once when both are there.</summary>
    private static async Task<string> FetchAsync(string directory, CancellationToken cancellation)
    {
        var footage = new DemoFootage(directory);
        var model = ModelCatalog.Default(ModelRole.Objects);
        await using var services = ModelsCommand.Build();
        var store = services.GetRequiredService<ModelStore>();
        if (footage.Cached is { } cached && store.Find(model) is not null)
        {
            return cached;
        }

        return await AnsiConsole.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn()).StartAsync(async bars =>
        {
            var modelBar = bars.AddTask($"Detection model {Markup.Escape(model.Name)}", maxValue: 1);
            var footageBar = bars.AddTask("Footage", maxValue: 1);
            var pulling = store.PullAsync([model], new Bar<DownloadProgress>(modelBar, value => (double)value.Received / value.Total), cancellation);
            var fetching = footage.GetAsync(new Bar<double>(footageBar, value => value), cancellation);
            await Task.WhenAll(pulling, fetching);
            modelBar.Value = footageBar.Value = 1;
            return await fetching;
        });
    }

    private static string Describe(DetectionEvent seen) =>
        seen.Outage is { } outage ? outage.Visibility == VisibilityState.Visible ? "usable picture again" : $"no usable picture: {outage.Reason}"
        : seen.Detections.Count == 0 ? "a first picture, nothing in it"
        : string.Join(", ", seen.Detections.GroupBy(detection => detection.Label).Select(group => string.Create(
            CultureInfo.InvariantCulture,
            $"{(group.Count() > 1 ? $"{group.Count()} × " : "")}{group.Key} {group.Max(detection => detection.Confidence):P0}")));

    /// <summary>The usual port, or 0 for any other when it is taken: a demo starts beside a running Ambianic.</summary>
    private static int FreePort()
    {
        try
        {
            using var probe = new TcpListener(IPAddress.Loopback, AmbianicHost.DefaultPort);
            probe.Start();
            return AmbianicHost.DefaultPort;
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private sealed class Bar<T>(ProgressTask task, Func<T, double> share) : IProgress<T>
    {
        public void Report(T value) => task.Value = share(value);
    }
}
