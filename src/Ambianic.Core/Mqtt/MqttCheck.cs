using System.Net;
using Ambianic.Core.Configuration;

namespace Ambianic.Core.Mqtt;

/// <summary>Says what keeps the section <c>mqtt</c> from working.</summary>
public static class MqttCheck
{
    private const int ShortestPassword = 8;

    /// <summary>What is wrong, by key below <c>mqtt</c>; repeats no secret. While anything is, nothing is connected.</summary>
    public static IEnumerable<(string Key, string Problem)> Of(MqttOptions options)
    {
        if (options.Uri.Length > 0 && AddressProblem(options.Uri) is { } address)
        {
            yield return ("uri", address);
        }

        if (TopicNames.Problem(options.TopicPrefix) is { } prefix)
        {
            yield return ("topic_prefix", prefix);
        }

        if (TopicNames.Problem(options.Discovery.Prefix) is { } discovery)
        {
            yield return ("discovery.prefix", discovery);
        }

        if (options.KeyFile is { Length: > 0 } && string.IsNullOrEmpty(options.CertificateFile))
        {
            yield return ("key_file", "is the key of no certificate; name that in certificate_file");
        }

        if (!options.Broker.Enabled)
        {
            yield break;
        }

        if (!IPAddress.TryParse(options.Broker.Address, out _))
        {
            yield return ("broker.address", "must be an IP address such as 127.0.0.1, or 0.0.0.0 for all of this computer's");
        }

        if (options.Broker.User.Length == 0)
        {
            yield return ("broker.user", "must not be empty");
        }

        if (options.Broker.Password is not { Length: >= ShortestPassword })
        {
            yield return ("broker.password", $"must be given, with at least {ShortestPassword} characters: anybody who reaches the broker sees the pictures and can switch pipelines off");
        }
    }

    private static string? AddressProblem(string address)
    {
        try
        {
            _ = MqttAddress.Parse(address);
            return null;
        }
        catch (FormatException error)
        {
            return error.Message;
        }
    }
}
