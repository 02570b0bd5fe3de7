using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;
using Ambianic.Core.Health;
using Ambianic.Core.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference.Sessions;

/// <summary>A detector whose model loads in the background; loading that failed is tried again at a call after the back-off.</summary>
/// <param name="name">What the model is called until it is loaded.</param>
/// <param name="load">Gets and loads the model.</param>
/// <param name="time">Measures the back-off.</param>
/// <param name="logger">Receives why loading failed.</param>
internal sealed class SharedDetector(string name, Func<Task<ModelSession>> load, TimeProvider time, ILogger logger) : IDetector
{
    /// <summary>Frames arrive many times a second; a download or a broken file is not tried that often.</summary>
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30));

    private readonly Lock _gate = new();
    private volatile ModelSession? _session;
    private Task<ModelSession>? _loading;
    private long _failedAt;
    private int _failures;
    private TimeSpan _retryAfter;

    /// <inheritdoc/>
    public string Model => _session?.Model ?? name;

    /// <summary>Starts to load, unless that has been done.</summary>
    public void BeginLoading() => _ = LoadedAsync();

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>> ReadyAsync(CancellationToken cancellation) =>
        (Usable ?? await LoadedAsync().WaitAsync(cancellation)).Labels;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<IReadOnlyList<Detection>> DetectAsync(
        Frame frame, Box? region, float threshold, CancellationToken cancellation)
    {
        var session = Usable ?? await LoadedAsync().WaitAsync(cancellation);
        return await session.DetectAsync(frame, region, threshold, cancellation);
    }

    private ModelSession? Usable => _session is { IsHung: false } session ? session : null;

    private Task<ModelSession> LoadedAsync()
    {
        lock (_gate)
        {
            if (_session is { IsHung: true })
            {
                (_session, _loading) = (null, null);
            }

            if (_loading is null || (_loading.IsFaulted && time.GetElapsedTime(_failedAt) >= _retryAfter))
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
            _session = await load();
            _failures = 0;
            return _session;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            (_failedAt, _retryAfter) = (time.GetTimestamp(), Retry.After(++_failures, Random.Shared));
            logger.ModelFailed(error.Message);
            throw error as InferenceException ?? new InferenceException(error.Message, error);
        }
    }
}
