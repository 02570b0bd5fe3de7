namespace Ambianic.Server.Doctor;

/// <summary>What <c>ambianic check</c> says.</summary>
internal static class ConfigurationExam
{
    private const string Check = "configuration";

    public static IReadOnlyList<Finding> Run(Examination examination)
    {
        var pipelines = examination.Settings.Pipelines;
        var summary = Finding.Ok(Check, $"{pipelines.Count(pipeline => pipeline.IsEnabled)} of {pipelines.Count} pipeline(s) can run");
        return
        [
            .. examination.Configuration.Problems.Select(problem => problem.IsWarning
                ? Finding.Warning(Check, problem.ToString(), "look at this line; ambianic check says the same")
                : Finding.Problem(Check, problem.ToString(), "correct this line; until then 'run' refuses to start, and 'run --lenient' leaves out what it concerns")),
            .. examination.Configuration.HasErrors ? Array.Empty<Finding>() : [summary],
        ];
    }
}
