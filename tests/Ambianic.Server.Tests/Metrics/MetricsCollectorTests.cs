using System.Diagnostics.Metrics;
using Ambianic.Core.Health;
using Ambianic.Core.Metrics;
using Ambianic.Server.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Server.Tests.Metrics;

public sealed class MetricsCollectorTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly Meter _meter;
    private readonly MetricsCollector _collector;

    public MetricsCollectorTests()
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        _meter = Instruments.MeterOf(meters);
        _collector = new MetricsCollector(meters, new HealthFeed(), NullLogger<MetricsCollector>.Instance) { IsOn = true };
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    [Fact]
    public void Histogram_OfDurations_HasBucketsThatAddUp()
    {
        var histogram = _meter.CreateDuration("ambianic.test.duration", "How long.");
        foreach (var seconds in (double[])[0.0005, 0.003, 0.003, 100])
        {
            histogram.Record(seconds, Instruments.Label("model", "one"));
        }

        var scrape = new Scrape(_collector.Read());

        Assert.Equal((1, 1, 3, 3, 4), (Bucket("0.0005"), Bucket("0.0025"), Bucket("0.005"), Bucket("30"), Bucket("+Inf")));
        Assert.Equal((4, 100.0065), (scrape.Value("ambianic_test_duration_seconds_count{model=\"one\"}"), scrape.Value("ambianic_test_duration_seconds_sum{model=\"one\"}")));

        double? Bucket(string bound) => scrape.Value($"ambianic_test_duration_seconds_bucket{{model=\"one\",le=\"{bound}\"}}");
    }

    [Theory]
    [InlineData("{thing}", "ambianic_test_total")]
    [InlineData("s", "ambianic_test_seconds_total")]
    [InlineData("By", "ambianic_test_bytes_total")]
    public void Counter_OfAUnit_IsNamedAsPrometheusWantsIt(string unit, string name)
    {
        var counter = _meter.CreateCounter<long>("ambianic.test", unit, "How many.");
        counter.Add(2);
        counter.Add(3);

        Assert.Equal(5, new Scrape(_collector.Read()).Value(name));
    }

    [Fact]
    public void Label_WithSignsOfTheFormat_IsEscaped()
    {
        _meter.CreateCounter<long>("ambianic.test").Add(1, new KeyValuePair<string, object?>("model", "a\"b\\c\nd"));

        Assert.Contains("""ambianic_test_total{model="a\"b\\c\nd"} 1""", _collector.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void Label_WithCredentials_IsMasked()
    {
        _meter.CreateCounter<long>("ambianic.test").Add(1, Instruments.Label("model", "http://user:topsecret@camera/model.onnx"));

        var text = _collector.Read();
        Assert.Contains("@camera/model.onnx\"} 1", text, StringComparison.Ordinal);
        Assert.DoesNotContain("topsecret", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Series_OfADefectThatMakesMoreAndMore_AreLimited()
    {
        var counter = _meter.CreateCounter<long>("ambianic.test");
        for (var i = 0; i < 3000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("model", $"{i}"));
        }

        Assert.Equal(1000, new Scrape(_collector.Read()).Samples.Count(line => line.StartsWith("ambianic_test_total", StringComparison.Ordinal)));
    }

    [Fact]
    public void IsOn_SwitchedOffAndOn_BeginsAnew()
    {
        var counter = _meter.CreateCounter<long>("ambianic.test");
        counter.Add(1);

        _collector.IsOn = false;
        counter.Add(1);
        Assert.Empty(_collector.Read());
        _collector.IsOn = true;
        counter.Add(1);

        Assert.Equal(1, new Scrape(_collector.Read()).Value("ambianic_test_total"));
    }

    [Fact]
    public void Collector_OfAnotherProgramInTheProcess_IsNotRead()
    {
        using var others = new ServiceCollection().AddMetrics().BuildServiceProvider();
        Instruments.MeterOf(others.GetRequiredService<IMeterFactory>()).CreateCounter<long>("ambianic.other").Add(1);

        Assert.DoesNotContain("ambianic_other", _collector.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void Record_OfASeriesThatIsKnown_AllocatesNothing()
    {
        var histogram = _meter.CreateDuration("ambianic.test.duration", "How long.");
        var (pipeline, element) = (Instruments.Label("pipeline", "hall"), Instruments.Label("element", "detect_objects"));
        var least = long.MaxValue;
        for (var window = 0; window < 20; window++) // what the runtime allocates now and then only ever adds to it
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < 1000; i++)
            {
                histogram.Record(0.01, pipeline, element);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }
}
