using System.ComponentModel.DataAnnotations;

namespace Ambianic.Core.Configuration;

/// <summary>The section <c>mqtt</c>: a broker that is told what all pipelines see, and takes commands.</summary>
public sealed record MqttOptions
{
    /// <summary>The broker, <c>mqtt://user:password@host:1883</c>, or <c>mqtts://</c> for TLS; holds a secret. The default is none: no MQTT, unless <c>mqtt.broker</c> is on.</summary>
    public string Uri { get; init; } = "";

    /// <summary>Begins all topics. Two devices at one broker need two of them.</summary>
    public string TopicPrefix { get; init; } = "ambianic";

    /// <summary>The name by which the broker knows this device. The default is made from <c>topic_prefix</c>.</summary>
    public string? ClientId { get; init; }

    /// <summary>PEM file of the authority, or of the broker itself, that the broker's certificate is verified with. The default is what this computer trusts.</summary>
    [ConfigurationPath]
    public string? CaFile { get; init; }

    /// <summary>PEM file of the certificate by which this device shows the broker who it is. The default is none.</summary>
    [ConfigurationPath]
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the private key of <c>certificate_file</c>, not encrypted. The default is that both are in that file.</summary>
    [ConfigurationPath]
    public string? KeyFile { get; init; }

    /// <summary>A picture of a pipeline is sent when it has changed, and no sooner than this after the one before. 0 sends no pictures at all, those of events neither. The default is 10s.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan PicturesEvery { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How Home Assistant gets to know this device.</summary>
    public MqttDiscoveryOptions Discovery { get; init; } = new();

    /// <summary>A broker within Ambianic, for those who have none.</summary>
    public MqttBrokerOptions Broker { get; init; } = new();

    /// <summary>True when there is a broker to talk to.</summary>
    public bool IsActive => Uri.Length > 0 || Broker.Enabled;
}

/// <summary>The key <c>mqtt.discovery</c>: how Home Assistant gets to know this device and its cameras.</summary>
public sealed record MqttDiscoveryOptions
{
    /// <summary><c>false</c> tells Home Assistant nothing, and removes what it was told. The default is true.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The discovery prefix of Home Assistant's MQTT integration.</summary>
    public string Prefix { get; init; } = "homeassistant";

    /// <summary>By source: the room that Home Assistant suggests for the camera, for example <c>Living room</c>. The default is none.</summary>
    public IReadOnlyDictionary<string, string> Areas { get; init; } = new Dictionary<string, string>();
}

/// <summary>The key <c>mqtt.broker</c>: a broker within Ambianic. Messages are kept in memory.</summary>
public sealed record MqttBrokerOptions
{
    /// <summary>True starts it. The default is false.</summary>
    public bool Enabled { get; init; }

    /// <summary>IP address at which it listens; <c>0.0.0.0</c> is reached from other computers. What is sent is not encrypted.</summary>
    public string Address { get; init; } = "127.0.0.1";

    /// <summary>TCP port, 1 to 65535. The default is 1883.</summary>
    [Range(1, 65535)]
    public int Port { get; init; } = 1883;

    /// <summary>The one user that it lets in.</summary>
    public string User { get; init; } = "ambianic";

    /// <summary>The user's password, at least 8 characters; a secret. The default is none, and a broker without a password does not start.</summary>
    public string? Password { get; init; }
}
