using Ambianic.Core.Vision;
using Ambianic.Inference.Models;

namespace Ambianic.Inference.Sessions;

/// <summary>
/// A model that is being loaded, or has been, on a thread of its own: a native call that hangs can be left alone, but
/// not stopped. Nobody waits for it for ever.
/// </summary>
/// <remarks>Safe to use from several threads.</remarks>
internal sealed class ModelLoading : IDisposable
{
    /// <summary>Several times what a large model takes on a small computer; warming up comes on top of it.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <summary>How long <see cref="Dispose"/> waits, so that the process does not end in the middle of native code.</summary>
    private static readonly TimeSpan LongestFarewell = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _givenUp = new();
    private readonly ResolvedModel _model;
    private readonly TimeSpan _patience;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly Task<ModelSession> _session;

    /// <summary>Begins to load.</summary>
    /// <param name="model">Named in errors.</param>
    /// <param name="load">Loads it; its token is cancelled when the result is not wanted any more.</param>
    /// <param name="patience">It is given up when it has not been loaded by then.</param>
    /// <param name="time">Measures how long it takes.</param>
    public ModelLoading(ResolvedModel model, Func<CancellationToken, ModelSession> load, TimeSpan patience, TimeProvider time)
    {
        (_model, _patience, _time, _started) = (model, patience, time, time.GetTimestamp());
        _session = Task.Factory.StartNew(
            () => load(_givenUp.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>The session once it is loaded.</summary>
    public ModelSession? Session => _session.IsCompletedSuccessfully ? _session.GetAwaiter().GetResult() : null;

    /// <summary>True when it ended without a session; one that still hangs has not ended.</summary>
    public bool HasFailed => _session.IsCompleted && !_session.IsCompletedSuccessfully;

    /// <summary>Waits for the session, which stays the loading's own.</summary>
    /// <exception cref="InferenceException">It cannot be loaded, or has not been in time.</exception>
    public async Task<ModelSession> WaitAsync(CancellationToken cancellation)
    {
        var left = _patience - _time.GetElapsedTime(_started);
        try
        {
            return await _session.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellation);
        }
        catch (TimeoutException)
        {
            await _givenUp.CancelAsync();
            throw new InferenceException(
                $"{_model.Name} ({_model.OnnxPath}) has not loaded within {_patience.TotalSeconds:0} s; choose another model, or restart Ambianic to try again");
        }
    }

    /// <summary>Unloads the session, as soon as it is there; waits a while for one that still loads.</summary>
    public void Dispose()
    {
        if (!_givenUp.IsCancellationRequested)
        {
            Task.WaitAny([_session], LongestFarewell);
        }

        _ = _session.ContinueWith(
            loaded => loaded.GetAwaiter().GetResult().Dispose(),
            CancellationToken.None,
            TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
