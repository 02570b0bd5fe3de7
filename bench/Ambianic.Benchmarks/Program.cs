using Ambianic.Benchmarks;

return args switch
{
    ["evaluate", .. var rest] => await Evaluation.RunAsync(rest),
    ["prepare", .. var rest] => PreparationTiming.Run(rest),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("""
        evaluate --images DIR --labels DIR|FILE.json [--threshold T] [--floor S] [--label L] [--markdown FILE] MODEL[:DECODER]…
        prepare [MODEL.onnx]
        """);
    return 2;
}
