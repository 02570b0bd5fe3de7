using System.Text.RegularExpressions;

namespace Ambianic.Messaging.Providers;

/// <summary>Addresses as services show them to their users. Apprise takes them, too.</summary>
internal static class NativeAddress
{
    private static readonly (Regex Native, string Ours)[] Forms =
    [
        (new(@"^https?://discord(?:app)?\.com/api/webhooks/([0-9]+)/([\w-]+)/?(\?.*)?$", RegexOptions.IgnoreCase), "discord://$1/$2$3"),
        (new(@"^https?://hooks\.slack\.com/services/(\w+)/(\w+)/(\w+)/?(\?.*)?$", RegexOptions.IgnoreCase), "slack://$1/$2/$3$4"),
        (new(@"^https?://ntfy\.sh/([^?]+?)/?(\?.*)?$", RegexOptions.IgnoreCase), "ntfy://ntfy.sh/$1$2"),
        (new(@"^https?://maker\.ifttt\.com/use/([\w-]+(?:/[\w-]+)+)/?(\?.*)?$", RegexOptions.IgnoreCase), "ifttt://$1$2"),
        (new(@"^https://([^/?]+/(?:powerautomate/automations/direct/(?:cu/[0-9]+/)?)?workflows/[\w-]+/triggers/manual/paths/invoke/?\?.+)$", RegexOptions.IgnoreCase), "workflows://$1"),
        (new(@"^https://(?:[\w-]+\.webhook|outlook)\.office(?:365)?\.com/(webhook.*)$", RegexOptions.IgnoreCase), "msteams://$1"),
        (new(@"^https?://webhooks\.t2bot\.io/api/v[0-9]+/matrix/hook/([\w-]+)/?$", RegexOptions.IgnoreCase), "matrixs://$1?mode=t2bot"),
        (new(@"^http(s?)://([^?]+)/notify/([\w-]{1,128})/?(\?.*)?$", RegexOptions.IgnoreCase), "apprise$1://$2/$3$4"),
    ];

    /// <summary>In our form; the address itself when it is none of these.</summary>
    public static string Translated(string address)
    {
        address = address.Trim();
        foreach (var (native, ours) in Forms)
        {
            if (native.IsMatch(address))
            {
                return native.Replace(address, ours);
            }
        }

        return address;
    }
}
