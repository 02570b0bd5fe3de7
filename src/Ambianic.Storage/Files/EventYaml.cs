using System.Text.Json;
using System.Text.RegularExpressions;
using Ambianic.Core.Timeline;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ambianic.Storage.Files;

/// <summary>Events as YAML that readers of version 1.1 and 1.2 understand alike.</summary>
internal static partial class EventYaml
{
    private static readonly EmitterSettings Layout = new(2, int.MaxValue, false, 1024);

    /// <summary>A list of one entry. The keys are in the reference's order, <c>priority</c> last.</summary>
    public static string Entry(DetectionEvent detectionEvent)
    {
        var entry = JsonSerializer.SerializeToElement(TimelineEntry.For(detectionEvent), TimelineJson.Default.TimelineEntry);
        using var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, Layout);
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        Emit(emitter, entry.EnumerateObject().OrderBy(property => property.Name, StringComparer.Ordinal));
        emitter.Emit(new SequenceEnd());
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, IEnumerable<JsonProperty> properties)
    {
        emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        foreach (var property in properties)
        {
            emitter.Emit(new Scalar(property.Name));
            Emit(emitter, property.Value);
        }

        emitter.Emit(new MappingEnd());
    }

    private static void Emit(Emitter emitter, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                Emit(emitter, value.EnumerateObject());
                break;
            case JsonValueKind.Array:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
                foreach (var item in value.EnumerateArray())
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValueKind.String:
                var text = value.GetString()!;
                var style = PlainText().IsMatch(text) && !Keyword().IsMatch(text) ? ScalarStyle.Plain : ScalarStyle.DoubleQuoted;
                emitter.Emit(new Scalar(AnchorName.Empty, TagName.Empty, text, style, true, true));
                break;
            default: // YAML 1.1 takes 1E-05 for text: it wants a point
                emitter.Emit(new Scalar(WholeExponent().Replace(value.GetRawText(), "$1.0E")));
                break;
        }
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PlainText();

    /// <summary>Words that YAML 1.1 or 1.2 takes for something else than text.</summary>
    [GeneratedRegex(@"^(true|false|yes|no|on|off|y|n|null)\z", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Keyword();

    [GeneratedRegex("^(-?[0-9]+)E", RegexOptions.CultureInvariant)]
    private static partial Regex WholeExponent();
}
