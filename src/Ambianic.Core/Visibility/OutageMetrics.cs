using System.Diagnostics.Metrics;
using Ambianic.Core.Health;
using Ambianic.Core.Metrics;

namespace Ambianic.Core.Visibility;

/// <summary>Counts outages as they are told.</summary>
public sealed class OutageMetrics
{
    private readonly Counter<long> _outages;

    /// <param name="meters">Owns the instruments.</param>
    public OutageMetrics(IMeterFactory meters) => _outages = Instruments.MeterOf(meters).CreateCounter<long>(
        "ambianic.outages", "{outage}", "Outages that lasted long enough to be told, by pipeline and visibility.");

    /// <summary>Counts a report, unless it tells that an outage is over.</summary>
    public void Count(OutageReport report)
    {
        if (report.Visibility != VisibilityState.Visible)
        {
            _outages.Add(1, Instruments.Label(Instruments.Pipeline, report.Pipeline), Instruments.Label("visibility", Instruments.SnakeCase(report.Visibility.ToString())));
        }
    }
}
