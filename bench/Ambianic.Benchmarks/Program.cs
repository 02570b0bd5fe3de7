using System.CommandLine;
using Ambianic.Benchmarks;

return await new RootCommand("Measures Ambianic. Ratios are taken within one run, because machines differ.")
{
    Evaluation.Command(),
    DetectorTiming.Command(),
    PipelineTiming.Command(),
    FallTiming.Command(),
    SupervisorTiming.Command(),
    FollowerTiming.Command(),
    TimelineTiming.Command(),
    ListenerTiming.Command(),
    AlertTiming.Command(),
    MotionTiming.Command(),
    SnapshotTiming.Command(),
    MetricsTiming.Command(),
    TrackingComparison.Command(),
}.Parse(args).InvokeAsync();
