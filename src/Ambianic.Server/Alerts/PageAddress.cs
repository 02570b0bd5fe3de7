using Ambianic.Core.Configuration;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Alerts;

/// <summary>Under which address people reach this device: <c>ui.baseurl</c> as it is in force now.</summary>
internal sealed class PageAddress(CurrentConfiguration configuration)
{
    /// <summary>Where a push service without a better address is sent; RFC 2606 keeps this domain for nobody.</summary>
    private const string NoContact = "mailto:ambianic@example.org";

    /// <summary>
    /// Without query and without a slash at the end; null when it is not configured, is no <c>http</c> or <c>https</c> address, or is the
    /// page of the reference system. There is no default: this device's own address, 127.0.0.1, leads each recipient to their own device.
    /// </summary>
    public Uri? Value =>
        Uri.TryCreate(configuration.Result.Configuration.Ui.Baseurl.Trim(), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && !address.Host.Equals(UiOptions.EdgeHost, StringComparison.OrdinalIgnoreCase)
            ? new Uri(address.GetLeftPart(UriPartial.Path).TrimEnd('/'))
            : null;

    /// <summary>Whom push services can turn to (RFC 8292): the page, or an address that nobody has.</summary>
    public string Contact => Value is { Scheme: "https", IsLoopback: false } address ? address.AbsoluteUri : NoContact;

    /// <summary>An address below it.</summary>
    /// <param name="path">Without a slash at the begin; escaped.</param>
    public Uri? Below(string path) => Value is { } address ? new Uri($"{address.AbsoluteUri.TrimEnd('/')}/{path}") : null;
}
