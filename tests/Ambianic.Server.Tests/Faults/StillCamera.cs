using System.Diagnostics;
using System.Text;
using Ambianic.Tests.Media.Sources;

namespace Ambianic.Server.Tests.Faults;

/// <summary>What a camera answers.</summary>
internal enum Answer
{
    BlackPicture,
    WhitePicture,
    ServerError,
    Unauthorized,
    HangUp,
    Nothing,
    Html,
    EndlessBody,
    HugeBody,
    OneByteNowAndThen,
}

/// <summary>A camera of single pictures on the loopback interface that can be told to misbehave.</summary>
internal sealed class StillCamera : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly byte[] _black;
    private readonly byte[] _white;
    private volatile Answer _answer;
    private int _pictures;

    private StillCamera(byte[] black, byte[] white)
    {
        _black = black;
        _white = white;
        _server = new LoopbackServer((_, stream, cancellation) => AnswerAsync(stream, cancellation));
    }

    public Answer Answer
    {
        get => _answer;
        set => _answer = value;
    }

    /// <summary>How many it has given away.</summary>
    public int Pictures => Volatile.Read(ref _pictures);

    public string Address => $"http://127.0.0.1:{_server.Port}/still.jpg";

    public static async Task<StillCamera> StartAsync() => new(await PictureAsync("black"), await PictureAsync("white"));

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static async Task<byte[]> PictureAsync(string colour)
    {
        string[] arguments = ["-v", "error", "-nostdin", "-f", "lavfi", "-i", $"color={colour}:s=64x64", "-frames:v", "1", "-f", "mjpeg", "-"];
        using var ffmpeg = Process.Start(new ProcessStartInfo(Clips.RequireFfmpeg(), arguments) { RedirectStandardOutput = true })!;
        using var picture = new MemoryStream();
        await ffmpeg.StandardOutput.BaseStream.CopyToAsync(picture);
        await ffmpeg.WaitForExitAsync();
        return picture.ToArray();
    }

    private async Task AnswerAsync(Stream stream, CancellationToken cancellation)
    {
        switch (_answer)
        {
            case Answer.BlackPicture:
                await GiveAsync(_black, stream, cancellation);
                break;
            case Answer.WhitePicture:
                await GiveAsync(_white, stream, cancellation);
                break;
            case Answer.ServerError:
                await stream.WriteAsync(LoopbackServer.Http("500 Internal Server Error", "text/plain", "no"u8), cancellation);
                break;
            case Answer.Unauthorized:
                await stream.WriteAsync(LoopbackServer.Http("401 Unauthorized", "text/plain", "no"u8, "WWW-Authenticate: Basic realm=\"camera\"\r\n"), cancellation);
                break;
            case Answer.HangUp:
                throw new IOException("the connection ends without an answer");
            case Answer.Nothing:
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellation);
                break;
            case Answer.Html:
                await stream.WriteAsync(LoopbackServer.Http("200 OK", "text/html", "<html>Please log in</html>"u8), cancellation);
                break;
            case Answer.EndlessBody:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n"u8.ToArray(), cancellation);
                await WriteForEverAsync(stream, new byte[1000], TimeSpan.FromMilliseconds(10), cancellation);
                break;
            case Answer.HugeBody:
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\nContent-Length: 100000000\r\n\r\n"u8.ToArray(), cancellation);
                await WriteForEverAsync(stream, new byte[1 << 20], TimeSpan.Zero, cancellation);
                break;
            default:
                await WriteForEverAsync(stream, Encoding.ASCII.GetBytes("H"), TimeSpan.FromMilliseconds(200), cancellation);
                break;
        }
    }

    private Task GiveAsync(byte[] picture, Stream stream, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _pictures);
        return stream.WriteAsync(LoopbackServer.Http("200 OK", "image/jpeg", picture), cancellation).AsTask();
    }

    private static async Task WriteForEverAsync(Stream stream, byte[] bytes, TimeSpan pause, CancellationToken cancellation)
    {
        while (true)
        {
            await stream.WriteAsync(bytes, cancellation);
            await Task.Delay(pause, TimeProvider.System, cancellation);
        }
    }
}
