using System.Diagnostics;
using Ambianic.Core.Frames;
using Ambianic.Core.Metrics;

namespace Ambianic.Core.Pipelines;

/// <summary>Measures the samples of one chain of elements, one after the other. Allocates nothing, except for a sample that leaves a trace.</summary>
internal sealed class SampleMeasures
{
    private const long NotVisited = -1;

    private readonly SampleMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly KeyValuePair<string, object?> _pipeline;
    private readonly KeyValuePair<string, object?>[] _elements;
    private readonly long[] _spent; // by place from 1, in ticks of the clock
    private int _untraced;

    /// <param name="metrics">The instruments.</param>
    /// <param name="pipeline">Name of the pipeline.</param>
    /// <param name="slots">Its elements.</param>
    /// <param name="time">Clock.</param>
    public SampleMeasures(SampleMetrics metrics, string pipeline, IReadOnlyList<ElementSlot> slots, TimeProvider time)
    {
        _metrics = metrics;
        _time = time;
        _pipeline = Instruments.Label(Instruments.Pipeline, pipeline);
        _elements = [.. slots.Select(slot => Instruments.Label("element", slot.Name))];
        _spent = new long[slots.Count];
        Array.Fill(_spent, NotVisited);
    }

    /// <summary>True while the present sample leaves a trace.</summary>
    public bool IsTraced { get; private set; }

    /// <summary>Begins a trace when one is due.</summary>
    /// <returns>The span of the sample; null for almost all.</returns>
    public Activity? Begin(Frame frame)
    {
        IsTraced = false;
        if (_metrics.TraceEvery is not (> 0 and var every) || ++_untraced < every || !Instruments.Spans.HasListeners())
        {
            return null;
        }

        _untraced = 0;
        Activity.Current = null; // the pipeline may have been started by a request, of whose trace this is no part
        var span = Instruments.Spans.StartActivity("sample");
        span?.SetTag("ambianic.pipeline", _pipeline.Value).SetTag("ambianic.frame.sequence", frame.Sequence).SetTag("ambianic.frame.size", $"{frame.Width}x{frame.Height}");
        IsTraced = span is not null;
        return span;
    }

    /// <summary>Begins the span of an element; null for a sample that leaves no trace.</summary>
    /// <param name="place">From 1.</param>
    public Activity? Enter(int place) => IsTraced ? Instruments.Spans.StartActivity((string)_elements[place - 1].Value!) : null;

    /// <summary>Adds time that the sample was at a place.</summary>
    /// <param name="place">From 1; 0 is the source.</param>
    /// <param name="ticks">Of the clock.</param>
    public void Spend(int place, long ticks)
    {
        if (place > 0)
        {
            _spent[place - 1] = Math.Max(0, _spent[place - 1]) + ticks;
        }
    }

    /// <summary>A sample has reached the end.</summary>
    public void Arrive(Frame frame)
    {
        if (_metrics.Age.Enabled)
        {
            _metrics.Age.Record(Math.Max(0, (_time.GetUtcNow() - frame.CapturedAt).TotalSeconds), _pipeline); // the clock may have been set back
        }
    }

    /// <summary>The frame is through: tells where the time went.</summary>
    public void End()
    {
        var all = 0L;
        for (var i = 0; i < _spent.Length; i++)
        {
            if (_spent[i] != NotVisited)
            {
                _metrics.Elements.Record(SecondsOf(_spent[i]), _pipeline, _elements[i]);
                all += _spent[i];
                _spent[i] = NotVisited;
            }
        }

        _metrics.Duration.Record(SecondsOf(all), _pipeline);
    }

    private double SecondsOf(long ticks) => (double)ticks / _time.TimestampFrequency;
}
