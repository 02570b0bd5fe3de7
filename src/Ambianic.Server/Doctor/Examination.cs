using Ambianic.Core.Configuration;
using Ambianic.Messaging;

namespace Ambianic.Server.Doctor;

/// <summary>What is examined, and with what.</summary>
internal sealed record Examination
{
    /// <summary>May have problems; what is wrong with it has its default.</summary>
    public required ConfigurationResult Configuration { get; init; }

    /// <summary>Of the page and the API.</summary>
    public required int Port { get; init; }

    /// <summary>Clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Tries whether providers can be reached.</summary>
    public required ProviderCatalog Providers { get; init; }

    /// <summary>Folder for a picture of each camera; null saves none.</summary>
    public string? Pictures { get; init; }

    /// <summary>Whether the system says that its clock is synchronised; null when it says nothing.</summary>
    public Func<bool?> IsClockSynchronised { get; init; } = SystemClock.IsSynchronised;

    /// <summary>What the configuration says.</summary>
    public AmbianicConfiguration Settings => Configuration.Configuration;
}
