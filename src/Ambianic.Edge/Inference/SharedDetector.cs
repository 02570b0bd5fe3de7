using Ambianic.Frames;
using Ambianic.Models;
using Ambianic.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference;

/// <summary>A detector whose model loads in the background; loading that failed is tried again when asked, after a while.</summary>
internal sealed partial class SharedDetector(
    string name,
    Func<CancellationToken, Task<ResolvedModel>> lookup,
    TimeProvider time,
    ILogger logger,
    CancellationToken stopped) : IDetector, IDisposable
{
    /// <summary>Frames arrive many times a second; a download or a broken file is not tried that often.</summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task<ModelSession>? _loading;
    private long _failedAt;

    /// <inheritdoc/>
    public string Model => Session?.Model ?? name;

    /// <summary>How often the model ran; null until it is loaded.</summary>
    public InferenceStatistics? Statistics => Session?.Statistics;

    private ModelSession? Session => _loading is { IsCompletedSuccessfully: true } loaded ? loaded.GetAwaiter().GetResult() : null;

    /// <summary>Starts to load, unless that has been done.</summary>
    public Task BeginLoading() => LoadedAsync();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ReadyAsync(CancellationToken cancellation) =>
        (await LoadedAsync().WaitAsync(cancellation)).Labels;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Detection>> DetectAsync(
        Frame frame, Box? region, float threshold, CancellationToken cancellation)
    {
        var session = Session ?? await LoadedAsync().WaitAsync(cancellation);
        return await session.DetectAsync(frame, region, threshold, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => Session?.Dispose();

    private Task<ModelSession> LoadedAsync()
    {
        lock (_gate)
        {
            if (_loading is null || (_loading.IsFaulted && time.GetElapsedTime(_failedAt) >= RetryAfter))
            {
                _loading = Task.Run(LoadAsync, CancellationToken.None);
            }

            return _loading;
        }
    }

    private async Task<ModelSession> LoadAsync()
    {
        try
        {
            var start = time.GetTimestamp();
            var model = await lookup(stopped);
            var session = ModelSession.Load(model, WorkersPerModel, time);
            LogLoaded(session.Model, model.OnnxPath, time.GetElapsedTime(start).TotalMilliseconds);
            return session;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            _failedAt = time.GetTimestamp();
            LogFailed(error.Message);
            throw error as InferenceException ?? new InferenceException(error.Message, error);
        }
    }

    /// <summary>Half of the cores: decoding needs the others.</summary>
    private static int WorkersPerModel => Math.Clamp(Environment.ProcessorCount / 2, 1, 4);

    [LoggerMessage(LogLevel.Information, "Model {Model} loaded from {Path} in {Milliseconds:0} ms")]
    private partial void LogLoaded(string model, string path, double milliseconds);

    [LoggerMessage(LogLevel.Error, "{Reason}")]
    private partial void LogFailed(string reason);
}
