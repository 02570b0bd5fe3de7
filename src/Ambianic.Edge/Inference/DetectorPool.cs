using Ambianic.Configuration;
using Ambianic.Models;
using Ambianic.Vision;
using Microsoft.Extensions.Logging;

namespace Ambianic.Inference;

/// <summary>Gets the model that an element was configured with: from the catalog, or the user's own file.</summary>
/// <exception cref="ModelException">The model could not be had; the message says what to do.</exception>
public delegate Task<ResolvedModel> ModelLookup(ModelRole role, ModelOptions? model, string? labels, CancellationToken cancellation);

/// <summary>Shares each model between all elements that want it. Models stay loaded until the program ends.</summary>
/// <remarks>Safe to use from several threads.</remarks>
public sealed class DetectorPool(ModelLookup lookup, TimeProvider time, ILogger<DetectorPool> logger) : IDetectorFactory, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(ModelRole Role, ModelOptions? Model, string? Labels), SharedDetector> _detectors = [];
    private readonly CancellationTokenSource _stopped = new();

    /// <summary>How often each model that is loaded has run.</summary>
    public IReadOnlyList<InferenceStatistics> Statistics
    {
        get
        {
            lock (_gate)
            {
                return [.. _detectors.Values.Select(detector => detector.Statistics).OfType<InferenceStatistics>()];
            }
        }
    }

    /// <inheritdoc/>
    public IDetector Create(ModelRole role, ModelOptions? model, string? labels)
    {
        SharedDetector? detector;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_stopped.IsCancellationRequested, this);
            if (!_detectors.TryGetValue((role, model, labels), out detector))
            {
                detector = new SharedDetector(
                    model?.Name ?? model?.Onnx ?? model?.Tflite ?? $"the default model for {role.ToString().ToLowerInvariant()}",
                    cancellation => LookUpAsync(role, model, labels, cancellation),
                    time,
                    logger,
                    _stopped.Token);
                _detectors.Add((role, model, labels), detector);
            }
        }

        detector.BeginLoading();
        return detector;
    }

    private async Task<ResolvedModel> LookUpAsync(ModelRole role, ModelOptions? model, string? labels, CancellationToken cancellation)
    {
        var resolved = await lookup(role, model, labels, cancellation);
        return model?.Calibration is { } own ? resolved with { Calibration = own } : resolved;
    }

    /// <summary>Unloads all models.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _stopped.Cancel();
            foreach (var detector in _detectors.Values)
            {
                detector.Dispose();
            }

            _detectors.Clear();
        }

        _stopped.Dispose();
    }
}
