using Ambianic.Core.Vision;

namespace Ambianic.Server.Doctor;

/// <summary>What elements ask of a model.</summary>
/// <param name="Role">What it looks for.</param>
/// <param name="Model">As configured; null is the default of the role.</param>
/// <param name="Labels">A file of labels, or null.</param>
internal sealed record ModelUse(ModelRole Role, ModelOptions? Model, string? Labels)
{
    /// <summary>What the elements of pipelines that can run need; each once for each element.</summary>
    public static IEnumerable<(ModelUse Use, double Fps)> In(Core.Configuration.AmbianicConfiguration settings) =>
        from pipeline in settings.Pipelines
        where pipeline.IsEnabled
        from element in pipeline.Elements
        from property in element.Options.GetType().GetProperties()
        let finds = (FindsAttribute?)Attribute.GetCustomAttribute(property, typeof(FindsAttribute))
        where finds is not null
        select (new ModelUse(
            finds.Role,
            (ModelOptions?)property.GetValue(element.Options),
            finds.Role == ModelRole.Poses && element.Name == "detect_falls" ? null : (string?)element.Options.GetType().GetProperty("Labels")?.GetValue(element.Options)),
            pipeline.Source!.EffectiveFps);
}

/// <summary>How long a model takes.</summary>
/// <param name="Use">Which one.</param>
/// <param name="Name">For people.</param>
/// <param name="Milliseconds">For one picture, on one core.</param>
internal sealed record ModelTiming(ModelUse Use, string Name, double Milliseconds);
