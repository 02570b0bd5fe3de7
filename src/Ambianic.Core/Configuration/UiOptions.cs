using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>ui</c>.</summary>
public sealed record UiOptions : IValidatableObject
{
    /// <summary>Host of the page of Ambianic Edge, its default: not this device, and not to be told links that are as good as passwords.</summary>
    public const string EdgeHost = "ui.ambianic.ai";

    /// <summary>All addresses of this computer, as <see cref="Listen"/> says it.</summary>
    public const string AllAddresses = "*";

    /// <summary>Address under which recipients reach this device from where they are, for the links in messages. The default is none: messages have no links.</summary>
    public string Baseurl { get; init; } = "";

    /// <summary>IP address of this computer at which the page and the API answer too, once there is an administrator; <c>*</c> is all of its addresses. The default is none: they answer this computer only.</summary>
    public string Listen { get; init; } = "";

    /// <summary>Encryption of the page and the API.</summary>
    public TlsOptions Tls { get; init; } = new();

    /// <summary>IP addresses, or networks such as <c>10.0.0.0/24</c>, of reverse proxies that are believed when they say who calls. The default is none.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Listen.Length > 0 && Listen != AllAddresses && !IPAddress.TryParse(Listen, out _))
        {
            yield return new ValidationResult($"listen must be an IP address of this computer, or {AllAddresses}, not '{Listen}'");
        }

        foreach (var proxy in TrustedProxies.Where(proxy => !IPAddress.TryParse(proxy, out _) && !IPNetwork.TryParse(proxy, out _)))
        {
            yield return new ValidationResult($"trusted_proxies must be IP addresses, or networks such as 10.0.0.0/24, not '{proxy}'");
        }
    }
}
