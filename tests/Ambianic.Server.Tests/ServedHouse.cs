using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Visibility;
using Ambianic.Core.Vision;
using Ambianic.Inference.Models;
using Ambianic.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests;

/// <summary>The program in this process, on a free port, with a disabled pipeline and what a test lets it remember.</summary>
internal sealed class ServedHouse : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly WebApplication _application;

    private ServedHouse(TemporaryDirectory directory, WebApplication application, Uri address)
    {
        _directory = directory;
        _application = application;
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public Uri Address => Client.BaseAddress!;

    /// <param name="more">More of the configuration.</param>
    /// <param name="replace">Takes the place of parts of the program.</param>
    public static async Task<ServedHouse> StartAsync(string more = "", Action<IServiceCollection>? replace = null)
    {
        var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["config.yaml"], $"""
            display_name: Grandma's house
            logging:
              console_level: ERROR
            sources:
              door:
                uri: rtsp://someone:topsecret@127.0.0.1:1/door
                live: true
            pipelines:
              broken:
                - source: nowhere
            notifications:
              default:
                providers: ["mailto://me:anothersecret@127.0.0.1:1"]
            {more}
            """);
        var registry = BuiltInElements.AddTo(new ElementRegistry());
        var files = ConfigurationFiles.Locate(directory["config.yaml"], directory.Path, name => name == "AMBIANIC_DIR" ? directory.Path : null);
        var application = AmbianicHost.Build(new ConfigurationLoader(registry, ModelCatalog.Known).Load(files), port: 0, replace: replace);
        return new ServedHouse(directory, application, await AmbianicHost.StartAsync(application));
    }

    public async Task<DetectionEvent> RememberAsync(int minute, string label, DateTimeOffset? when = null)
    {
        var store = _application.Services.GetRequiredService<IEventStore>();
        var at = when ?? new DateTimeOffset(2026, 5, 1, 10, minute, 0, TimeSpan.Zero);
        var seen = new DetectionEvent
        {
            Id = Guid.NewGuid().ToString("N"),
            At = at,
            Pipeline = "front",
            Display = "Object Detection",
            Detections = [new Detection(label, 0.9f, new Box(0.1f, 0.2f, 0.3f, 0.4f))],
            RelDir = await store.StartFolderAsync(at, CancellationToken.None),
            ImageFileName = "a-image.jpg",
            ThumbnailFileName = "a-thumbnail.jpg",
            JsonFileName = "a-inference.json",
        };
        using var frame = new FramePool().Rent(64, 48, PixelFormat.I420);
        frame.Buffer.Span.Fill(128); // grey
        await store.AppendAsync(seen, new EventPicture(frame), CancellationToken.None);
        return seen;
    }

    public async Task RememberUnansweredAsync(int minute, string subject) =>
        await new AlertRecorder(_application.Services.GetRequiredService<IEventStore>(), TimeProvider.System).SaveAsync(
            new string('e', 32), "front", "camera", subject, new DateTimeOffset(2026, 5, 1, 10, minute, 0, TimeSpan.Zero), CancellationToken.None);

    public async Task RememberOutageAsync(int minute, VisibilityState visibility)
    {
        var began = new DateTimeOffset(2026, 5, 1, 10, 1, 0, TimeSpan.Zero);
        var recorder = new OutageRecorder(_application.Services.GetRequiredService<IEventStore>(), TimeProvider.System);
        await recorder.SaveAsync(
            new OutageReport("front", "camera", began.AddMinutes(minute - 1), visibility, began, "no route to host"), CancellationToken.None);
    }

    /// <summary>Makes an event of the database unreadable.</summary>
    public void DamageDatabase()
    {
        using var connection = new SqliteConnection($"Data Source={Directory.GetFiles(_directory.Path, "events.db", SearchOption.AllDirectories).Single()};Pooling=False"); // a connection of the pool may only read
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "UPDATE events SET document = 'no JSON';";
        command.ExecuteNonQuery();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync(); // so that nothing writes to the directory any more
        await _application.DisposeAsync();
        _directory.Dispose();
    }
}
