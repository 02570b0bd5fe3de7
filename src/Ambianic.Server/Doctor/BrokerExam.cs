using Ambianic.Core.Mqtt;
using Ambianic.Messaging.Mqtt;

namespace Ambianic.Server.Doctor;

/// <summary>The MQTT broker: connects and logs in under a name of its own, so that the running program stays connected; publishes nothing.</summary>
internal static class BrokerExam
{
    private const string Check = "broker";

    public static async Task<IReadOnlyList<Finding>> RunAsync(Examination examination, CancellationToken cancellation)
    {
        var options = examination.Settings.Mqtt;
        if (!options.IsActive)
        {
            return [Finding.Ok(Check, "none is configured")];
        }

        if (MqttCheck.Of(options).Any())
        {
            return [Finding.Problem(Check, "the section mqtt is not right, so nothing is connected", "correct what is said of the configuration")];
        }

        var where = MqttAddress.Of(options).Authority;
        try
        {
            var will = new MqttMessage($"{options.TopicPrefix}/doctor", Array.Empty<byte>(), IsRetained: false);
            var connection = await new BrokerConnector().ConnectAsync(options with { ClientId = $"ambianic-doctor-{Environment.ProcessId}" }, will, _ => { }, cancellation);
            await connection.DisposeAsync();
            return [Finding.Ok(Check, $"{where} lets us in")];
        }
        catch (IOException) when (options is { Uri.Length: 0, Broker.Enabled: true })
        {
            return [Finding.Warning(Check, $"the broker within Ambianic does not answer at {where}", "it runs only while 'run' does; when that runs, its log says why the broker could not start")];
        }
        catch (IOException error)
        {
            return [Finding.Problem(Check, $"{where}: {error.Message}", "look at mqtt.uri, and whether the broker runs: docs/guide/troubleshooting.md, \"Home Assistant shows nothing\"")];
        }
    }
}
