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
    ListenerTiming.Command(),
    AlertTiming.Command(),
    MotionTiming.Command(),
}.Parse(args).InvokeAsync();
