using System.Diagnostics.Metrics;
using Ambianic.Core.Metrics;

namespace Ambianic.Server.Metrics;

/// <summary>Which instruments are told of: all of Ambianic's own, and those of .NET by which one sees how the process is.</summary>
internal static class WantedInstruments
{
    private const string Runtime = "System.Runtime";
    private const string Requests = "Microsoft.AspNetCore.Hosting";

    /// <summary>Meters that hold them.</summary>
    public static IReadOnlyList<string> Meters { get; } = [Instruments.Name, Runtime, Requests];

    private static readonly HashSet<string> OfDotNet =
    [
        "dotnet.process.cpu.time",
        "dotnet.process.memory.working_set",
        "dotnet.gc.collections",
        "dotnet.gc.heap.total_allocated",
        "dotnet.gc.last_collection.memory.committed_size",
        "dotnet.gc.pause.time",
        "http.server.request.duration",
    ];

    /// <summary>True for one that is told of.</summary>
    public static bool Includes(Instrument instrument) =>
        Meters.Contains(instrument.Meter.Name) && (instrument.Meter.Name == Instruments.Name || OfDotNet.Contains(instrument.Name));

    /// <summary>True for one that is told of, and is not that of another program in the same process.</summary>
    public static bool Includes(Instrument instrument, IMeterFactory owner) =>
        Includes(instrument) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, owner));
}
