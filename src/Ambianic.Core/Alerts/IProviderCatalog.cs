namespace Ambianic.Core.Alerts;

/// <summary>All kinds of providers.</summary>
public interface IProviderCatalog
{
    /// <summary>What is wrong with an address, for people, without secrets; null when a provider can be made of it. Asks no network.</summary>
    ProviderProblem? Check(string address);

    /// <summary>Makes a provider; asks no network. The caller disposes it.</summary>
    /// <param name="address">In the syntax of Apprise; holds secrets.</param>
    /// <exception cref="FormatException">It has a <see cref="ProviderProblem"/>.</exception>
    IAlertProvider Create(string address);

    /// <summary>True when messages to this address carry links that the recipient is to open.</summary>
    bool SendsLinks(string address);
}

/// <summary>What is wrong with the address of a provider.</summary>
/// <param name="Message">What is wrong and what to write; without secrets.</param>
/// <param name="Suggestion">What was probably meant, for example another scheme; null when nobody knows.</param>
public sealed record ProviderProblem(string Message, string? Suggestion = null);
