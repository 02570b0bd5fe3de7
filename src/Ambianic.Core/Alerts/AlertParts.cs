using Ambianic.Core.Configuration;
using Ambianic.Core.Timeline;

namespace Ambianic.Core.Alerts;

/// <summary>What <see cref="AlertDesk"/> works with.</summary>
/// <param name="Store">The durable copy.</param>
/// <param name="Timeline">Where events are read.</param>
/// <param name="Feed">Tells that there are new events.</param>
/// <param name="Providers">Make what sends.</param>
/// <param name="Push">Makes what sends to devices.</param>
/// <param name="Links">Signs links.</param>
/// <param name="Pictures">Gives pictures of events.</param>
/// <param name="Configuration">As it is now; read before each step, so that an edit counts at once.</param>
/// <param name="Faults">Of the device, by kind, for people: what is wrong now. Read every few seconds.</param>
public sealed record AlertParts(
    IAlertStore Store,
    IEventFollower Timeline,
    EventFeed Feed,
    IProviderCatalog Providers,
    IPushProviders Push,
    IAnswerLinks Links,
    IAlertPictures Pictures,
    Func<AmbianicConfiguration> Configuration,
    Func<IReadOnlyDictionary<AlertKind, string>> Faults);
