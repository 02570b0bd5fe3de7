using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Inference.Models;
using Ambianic.Messaging;

namespace Ambianic.Tests.Configuration;

public sealed class DocumentationTests
{
    private static readonly string Page = ProjectFiles.Locate("docs/reference/configuration.md");

    /// <summary>Records of options, the elements' too, with what stands before their keys.</summary>
    private static readonly Dictionary<Type, string> Records = new()
    {
        [typeof(AmbianicConfiguration)] = "",
        [typeof(LoggingOptions)] = "logging.",
        [typeof(TimelineOptions)] = "timeline.",
        [typeof(RetentionOptions)] = "retention.",
        [typeof(HealthOptions)] = "health.",
        [typeof(ApiOptions)] = "api.",
        [typeof(UiOptions)] = "ui.",
        [typeof(TlsOptions)] = "ui.tls.",
        [typeof(NotificationOptions)] = "notifications.NAME.",
        [typeof(NotificationTemplates)] = "notifications.NAME.templates.",
        [typeof(WeeklyHours)] = "notifications.NAME.schedule.",
        [typeof(EscalationOptions)] = "notifications.NAME.escalate.",
        [typeof(HeartbeatOptions)] = "heartbeat.",
        [typeof(DrillOptions)] = "drill.",
        [typeof(MqttOptions)] = "mqtt.",
        [typeof(MqttDiscoveryOptions)] = "mqtt.discovery.",
        [typeof(MqttBrokerOptions)] = "mqtt.broker.",
        [typeof(MetricsOptions)] = "metrics.",
        [typeof(OtlpOptions)] = "metrics.otlp.",
        [typeof(SourceOptions)] = "sources.ID.",
        [typeof(ZoneOptions)] = "sources.ID.zones.NAME.",
        [typeof(ModelOptions)] = "model.",
        [typeof(Calibration)] = "model.calibration.",
        [typeof(DetectObjectsOptions)] = "detect_objects.",
        [typeof(DetectFacesOptions)] = "detect_faces.",
        [typeof(DetectPosesOptions)] = "detect_poses.",
        [typeof(DetectFallsOptions)] = "detect_falls.",
        [typeof(RestingZone)] = "detect_falls.resting_zones.",
        [typeof(SaveDetectionsOptions)] = "save_detections.",
        [typeof(NotifyOptions)] = "save_detections.notify.",
    };

    public static TheoryData<string> Tables => [.. Records.Keys.Select(record => record.Name)];

    [Theory]
    [MemberData(nameof(Tables))]
    public void Reference_TableOfARecord_IsThatOfTheRecord(string name)
    {
        var (record, prefix) = Records.Single(known => known.Key.Name == name);

        DocumentTable.AssertIs(Page, $"<!-- options: {name} -->", OptionTable.Of(record, prefix));
    }

    [Fact]
    public void Reference_EveryRecordOfOptions_HasATable()
    {
        var registered = BuiltInElements.AddTo(new ElementRegistry()).Kinds.Values.Select(kind => kind.OptionsType);

        Assert.Equal(
            registered.Append(typeof(AmbianicConfiguration)).SelectMany(WithNested).Distinct().Select(record => record.Name).Order(StringComparer.Ordinal),
            Records.Keys.Select(record => record.Name).Order(StringComparer.Ordinal));
    }

    /// <summary>The record and those that its keys hold, in maps and lists too; pipelines are read by their elements.</summary>
    private static IEnumerable<Type> WithNested(Type record) => OptionKeys.Of(record).Values
        .SelectMany(property => property.PropertyType.GetGenericArguments().Append(property.PropertyType))
        .Where(type => type.IsClass && type.Assembly == record.Assembly && type != typeof(PipelineConfiguration))
        .SelectMany(WithNested)
        .Prepend(record);

    [Fact]
    public void Samples_Checked_AreValid()
    {
        var main = ProjectFiles.Locate("samples/config.yaml");

        using var providers = new ProviderCatalog(TimeProvider.System);
        var result = new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, providers).Load(ConfigurationFiles.Locate(main, "/home", _ => null));

        Assert.Equal("0 errors, 0 warnings", result.Report());
        Assert.Equal(["people_at_the_door", "garage", "grandmother", "try_it"], result.Configuration.Pipelines.Select(pipeline => pipeline.Name));
        Assert.DoesNotContain("change-me", result.Effective.ToJsonString(), StringComparison.Ordinal);
    }
}
