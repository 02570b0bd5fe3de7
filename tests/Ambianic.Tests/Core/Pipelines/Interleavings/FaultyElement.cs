using Ambianic.Core.Pipelines;

namespace Ambianic.Tests.Core.Pipelines.Interleavings;

/// <summary>An element that passes samples on, and while there are faults fails, hangs, or does not listen when it is told to stop.</summary>
internal sealed class FaultyElement : IPipelineElement, IAsyncDisposable
{
    private readonly House _house;
    private bool _isPrepared;

    public FaultyElement(House house, ElementContext context)
    {
        _house = house;
        Pipeline = $"{context.SourceId} at {context.Position}";
        house.Begin($"an element of {Pipeline}");
        if (house.Fails(30))
        {
            throw new InvalidOperationException("no model");
        }

        house.Elements.Add(this);
    }

    public string Pipeline { get; }

    public int Disposed { get; private set; }

    public async ValueTask PrepareAsync(CancellationToken cancellation)
    {
        if (_isPrepared)
        {
            _house.Wrongs.Add($"an element of {Pipeline} is prepared twice");
        }

        _isPrepared = true;
        if (_house.Fails(6))
        {
            await Task.Delay(TimeSpan.FromSeconds(1 + _house.Any(3)), _house.Time, cancellation);
        }

        if (_house.Fails(10))
        {
            throw new InvalidOperationException("no model");
        }
    }

    public async ValueTask InvokeAsync(Sample sample, SampleHandler next, CancellationToken cancellation)
    {
        if (Disposed > 0)
        {
            _house.Wrongs.Add($"an element of {Pipeline} is used after it was disposed");
        }

        if (_house.Fails(12))
        {
            await Task.Delay(TimeSpan.FromMinutes(1), _house.Time, cancellation);
        }
        else if (_house.Fails(16))
        {
            await Task.Delay(TimeSpan.FromSeconds(9), _house.Time, CancellationToken.None);
        }
        else if (_house.Fails(10))
        {
            throw new InvalidOperationException("a sample that it cannot work on");
        }
        else if (_house.Any(4) == 0)
        {
            await Task.Yield();
        }

        await next(sample, cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        Disposed++;
        if (_house.Fails(8))
        {
            await Task.Delay(TimeSpan.FromSeconds(3), _house.Time, CancellationToken.None);
        }
    }
}
