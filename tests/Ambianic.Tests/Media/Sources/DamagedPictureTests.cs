using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;
using Ambianic.Media.Sources.Ffmpeg;

namespace Ambianic.Tests.Media.Sources;

/// <summary>Streams of which packets are missing.</summary>
public sealed class DamagedPictureTests(Clips clips) : IClassFixture<Clips>
{
    private const int PacketSize = 188; // ISO/IEC 13818-1
    private readonly FramePool _pool = new();
    private readonly LogRecorder<FfmpegSource> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ReadAsync_PacketMissingInAFile_MarksThePicturesUpToTheNextKeyFrame()
    {
        var whole = clips.Make("whole.ts", "s=640x480:r=5:d=9", "-c:v libx264 -preset ultrafast -bf 0 -g 15 -keyint_min 15 -sc_threshold 0 -pix_fmt yuv420p");
        var damaged = WithoutPacket(whole, packets => packets.Count / 2);

        Assert.Equal(Enumerable.Repeat(PictureDamage.None, 45), await ReadAsync(whole, false, 45));
        var seen = await ReadAsync(damaged, false, 45);

        Assert.Equal(45, seen.Count);
        var first = seen.IndexOf(PictureDamage.Damaged);
        Assert.InRange(first, 15, 29); // in the second of three groups
        Assert.All(seen[first..30], damage => Assert.Equal(PictureDamage.Damaged, damage));
        Assert.All(seen[30..], damage => Assert.Equal(PictureDamage.None, damage));
    }

    [Theory]
    [InlineData("libx264 -preset ultrafast -bf 0")]
    [InlineData("libx264 -preset veryfast -bf 2")]
    [InlineData("libx265 -preset ultrafast -x265-params log-level=error:scenecut=0:bframes=0")]
    [InlineData("libx265 -preset ultrafast -x265-params log-level=error:scenecut=0:bframes=2")]
    public async Task ReadAsync_PacketMissingInAKeyFrame_MarksThatAndAllUpToTheNext(string encoder)
    {
        var whole = clips.Make("key.ts", "s=640x480:r=5:d=9", $"-c:v {encoder} -g 15 -keyint_min 15 -sc_threshold 0 -pix_fmt yuv420p");
        var damaged = WithoutPacket(whole, packets => KeyFrame(packets, 1) + 3);

        Assert.All(await ReadAsync(whole, false, 45), damage => Assert.Equal(PictureDamage.None, damage));
        var seen = await ReadAsync(damaged, false, 45);

        Assert.All(seen[15..30], damage => Assert.Equal(PictureDamage.Damaged, damage));
        Assert.All(seen[30..], damage => Assert.Equal(PictureDamage.None, damage));
    }

    [Theory]
    [InlineData("libx264 -preset veryfast -bf 2")]
    [InlineData("libx265 -preset ultrafast -x265-params log-level=error:scenecut=0:bframes=2")]
    public async Task ReadAsync_PacketMissingBeforeAKeyFrameIsShown_MarksThePicturesBehindIt(string encoder)
    {
        var whole = clips.Make("reordered.ts", "s=640x480:r=5:d=9", $"-c:v {encoder} -g 15 -keyint_min 15 -sc_threshold 0 -pix_fmt yuv420p");
        var damaged = WithoutPacket(whole, packets =>
        {
            var key = KeyFrame(packets, 1);
            return packets.FindIndex(key + 1, IsBegin) + 1; // of the picture that is decoded next, and shown after two others
        });

        var seen = await ReadAsync(damaged, false, 45);

        Assert.All(seen[18..30], damage => Assert.Equal(PictureDamage.Damaged, damage));
        Assert.All(seen[30..], damage => Assert.Equal(PictureDamage.None, damage));
    }

    [Fact]
    [Slow]
    public async Task ReadAsync_CameraWhosePacketsGetLost_MarksPicturesAndTellsTheShare()
    {
        using var camera = await RtspCamera.StartAsync();
        var source = Source(camera.Made("fps=15&gop=45&loss=0.05"), live: true);
        var damaged = 0;

        await foreach (var frame in source.ReadAsync(Cancellation))
        {
            frame.Dispose();
            damaged += frame.Damage == PictureDamage.None ? 0 : 1;
            if (damaged >= 10)
            {
                break;
            }
        }

        Assert.InRange(source.Status.DamagedPercent, 1, 100);
    }

    [Fact]
    [Slow]
    public async Task ReadAsync_WholeStreamOfACamera_MarksNothing()
    {
        using var camera = await RtspCamera.StartAsync();

        Assert.Equal(Enumerable.Repeat(PictureDamage.None, 15), await ReadAsync(camera.Made("fps=15&gop=15"), true, 15));
    }

    private static bool IsBegin(byte[] packet) => (packet[1] & 0x40) != 0;

    /// <summary>Where a key frame begins: its first packet says that a decoder may begin here.</summary>
    private static int KeyFrame(List<byte[]> packets, int number) =>
        packets.Index().Where(item => IsBegin(item.Item) && (item.Item[3] & 0x20) != 0 && (item.Item[5] & 0x40) != 0).ElementAt(number).Index;

    /// <summary>A copy that lacks the first packet, from a place on, that is within a picture.</summary>
    private string WithoutPacket(string path, Func<List<byte[]>, int> place)
    {
        var packets = File.ReadAllBytes(path).Chunk(PacketSize).ToList();
        packets.RemoveAt(packets.FindIndex(place(packets), packet => !IsBegin(packet) && (packet[3] & 0x20) == 0));
        var copy = Path.Combine(clips.Folder, "damaged.ts");
        File.WriteAllBytes(copy, [.. packets.SelectMany(packet => packet)]);
        return copy;
    }

    private async Task<List<PictureDamage>> ReadAsync(string uri, bool live, int count)
    {
        List<PictureDamage> seen = [];
        try
        {
            await foreach (var frame in Source(uri, live).ReadAsync(Cancellation))
            {
                frame.Dispose();
                seen.Add(frame.Damage);
                if (live && seen.Count == count)
                {
                    break;
                }
            }
        }
        catch (SourceException error) when (!live)
        {
            Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        }

        return seen;
    }

    private FfmpegSource Source(string uri, bool live) => new(
        new SourceOptions { Id = "door", Uri = uri, Live = live, Fps = 15 }, Executables.OfThisProcess, _pool, TimeProvider.System, _log);
}
