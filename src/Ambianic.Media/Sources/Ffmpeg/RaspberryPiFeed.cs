using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media.Processes;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>Lets the pictures of a Raspberry Pi's camera flow from the program that reads it into ffmpeg, until it is disposed.</summary>
internal sealed class RaspberryPiFeed : IAsyncDisposable
{
    private readonly ChildProcess _camera;
    private readonly CancellationTokenSource _end = new();
    private readonly Task _flowing;

    private RaspberryPiFeed(ChildProcess camera, ChildProcess ffmpeg)
    {
        _camera = camera;
        _flowing = FlowAsync(camera.Output, ffmpeg.Input);
    }

    /// <summary>Starts the camera.</summary>
    /// <exception cref="SourceException">The program that reads it is not installed.</exception>
    public static async Task<RaspberryPiFeed> StartAsync(
        SourceOptions options, Executables executables, ChildProcess ffmpeg, FfmpegLog log, TimeProvider time) => new(
            await ChildProcess.StartAsync(
                executables,
                executables.RaspberryPiCamera,
                FfmpegArguments.ForRaspberryPiCamera(options),
                withInput: false,
                log.Hear,
                time),
            ffmpeg);

    /// <summary>Ends the camera's program at once.</summary>
    public void Kill() => _camera.Kill();

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _flowing;
        await _camera.DisposeAsync();
        _end.Dispose();
    }

    /// <summary>Either side may end first; ffmpeg then sees the end of its input, and its exit says what happened.</summary>
    private async Task FlowAsync(Stream camera, Stream ffmpeg)
    {
        try
        {
            await using (ffmpeg)
            {
                await camera.CopyToAsync(ffmpeg, _end.Token);
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
        }
    }
}
