using System.Net;
using System.Net.Security;
using Ambianic.Core.Configuration;
using Ambianic.Storage.Access;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Ambianic.Server.Access;

/// <summary>Where the page and the API answer: on this computer; also at <c>ui.listen</c> when there was an administrator at the start.</summary>
internal sealed class Listening(UiOptions ui, int port, bool hasUsers, TlsCertificate certificate)
{
    private readonly ConnectionLimits _limits = new(ui);

    /// <summary>Decides by the users that there are now. When they cannot be read, only this computer is answered.</summary>
    public static Listening Decide(AmbianicConfiguration settings, int port, TimeProvider time)
    {
        using var database = new AccessDatabase(settings.DataDir, time);
        var hasUsers = false;
        try
        {
            hasUsers = database.LoadInTime().Users.Count > 0;
        }
        catch (IOException)
        {
            // AccessBook says so
        }

        return new Listening(settings.Ui, port, hasUsers, new TlsCertificate(settings.Ui.Tls, settings.DataDir, time));
    }

    /// <summary>Opens the port.</summary>
    public void Apply(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        ConnectionLimits.Apply(kestrel.Limits);
        if (ui.Listen == UiOptions.AllAddresses && hasUsers)
        {
            kestrel.ListenAnyIP(port, Guard);
        }
        else if (port == 0)
        {
            kestrel.Listen(IPAddress.Loopback, 0, Guard);
        }
        else
        {
            kestrel.ListenLocalhost(port, Guard);
            if (Own is { } address && hasUsers)
            {
                kestrel.Listen(address, port, Guard);
            }
        }
    }

    /// <summary>Says what a person should know of it.</summary>
    public void Report(ILogger logger)
    {
        if (ui.Listen.Length > 0 && !hasUsers)
        {
            logger.ListensOnThisComputer(ui.Listen);
        }
        else if (ui.Listen.Length > 0 && !ui.Tls.IsOn && ui.TrustedProxies.Count == 0)
        {
            logger.PasswordsNotEncrypted(ui.Listen);
        }

        if (ui.Tls.IsOn)
        {
            try
            {
                logger.CertificateUsed(certificate.Fingerprint());
            }
            catch (IOException error)
            {
                logger.CertificateNotRead(error.Message); // the cameras are watched all the same
            }
        }
    }

    /// <summary>Null when it is this computer's loopback address, at which the program answers anyway.</summary>
    private IPAddress? Own => IPAddress.TryParse(ui.Listen, out var address) && !address.Equals(IPAddress.Loopback) && !address.Equals(IPAddress.IPv6Loopback) ? address : null;

    private void Guard(ListenOptions listen)
    {
        listen.Use(_limits.Limit);
        if (ui.Tls.IsOn)
        {
            listen.UseHttps(new TlsHandshakeCallbackOptions
            {
                OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current() }),
            });
        }
    }
}
