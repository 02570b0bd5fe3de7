using System.Buffers;
using System.Text;
using Ambianic.Tests;
using Ambianic.Tests.Media.Sources;
using Ambianic.Tests.Messaging.Providers;

namespace Ambianic.Server.Tests.Mqtt;

/// <summary>The program in a process of its own, with a camera that gives pictures, and a real broker.</summary>
[Slow]
public sealed class WholeProgramTests : IDisposable
{
    private readonly Clips _clips = new();
    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _clips.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task Run_ACameraThatGivesPictures_ShowsThemUntilItIsKilled()
    {
        var film = _clips.Make("film.mp4", "size=320x240:rate=5", "-t 4 -pix_fmt yuv420p");
        await using var broker = await Broker.StartAsync();
        await broker.SubscribeAsync();
        await File.WriteAllTextAsync(
            _directory["config.yaml"],
            $"""
            mqtt:
              uri: mqtt://127.0.0.1:{broker.Port}
              pictures_every: 1s
            sources:
              hall:
                uri: {film}
                live: true
            pipelines:
              front:
                - source: hall
            """,
            Cancellation);
        await using (var program = AmbianicProgram.Start(_directory.Path, "run", "--port", "0"))
        {
            await Eventually.TrueAsync(() => Says("ambianic/front/available") == "online" && Last("ambianic/front/picture") is not null && Says("ambianic/available") == "online");
            var picture = Last("ambianic/front/picture")!;
            Assert.Equal([0xff, 0xd8, 0xff], picture[..3]);
            Assert.Equal(("running", "visible", "OFF"), (Says("ambianic/front/state"), Says("ambianic/front/visibility"), Says("ambianic/front/problem")));
            await Eventually.TrueAsync(() => !picture.AsSpan().SequenceEqual(Last("ambianic/front/picture")!)); // it goes on

            await broker.SendAsync("ambianic/front/enabled/set", "OFF");
            await Eventually.TrueAsync(() => Says("ambianic/front/state") == "stopped" && Says("ambianic/front/enabled") == "OFF" && Says("ambianic/front/available") == "offline");
            Assert.Equal("OFF", Says("ambianic/front/problem"));
            await broker.SendAsync("ambianic/front/enabled/set", "ON");
            await Eventually.TrueAsync(() => Says("ambianic/front/available") == "online");

            await program.KillAsync(Cancellation);
            await Eventually.TrueAsync(() => Says("ambianic/available") == "offline");
        }

        await using (AmbianicProgram.Start(_directory.Path, "run", "--port", "0"))
        {
            await Eventually.TrueAsync(() => Says("ambianic/available") == "online");
        }

        byte[]? Last(string topic) => broker.Published.LastOrDefault(message => message.Topic == topic)?.Payload.ToArray();

        string? Says(string topic) => Last(topic) is { } payload ? Encoding.UTF8.GetString(payload) : null;
    }
}
