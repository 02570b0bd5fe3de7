using System.Text.Json.Serialization;
using Ambianic.Core.Alerts;
using Ambianic.Core.Timeline;

namespace Ambianic.Storage.Alerts;

/// <summary>How alerting's records become JSON: all properties that can be set, words for enumerations.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    IgnoreReadOnlyProperties = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(Alert))]
[JsonSerializable(typeof(Delivery))]
[JsonSerializable(typeof(EventCursor))]
[JsonSerializable(typeof(PushSubscription))]
internal sealed partial class AlertJson : JsonSerializerContext;
