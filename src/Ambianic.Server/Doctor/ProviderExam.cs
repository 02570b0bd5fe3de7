using System.Text.Json.Nodes;
using Ambianic.Messaging;

namespace Ambianic.Server.Doctor;

/// <summary>Where messages go: whether each provider is configured right and its host can be reached. Nothing is sent.</summary>
internal static class ProviderExam
{
    private const string Check = "provider";

    public static async Task<IReadOnlyList<Finding>> RunAsync(Examination examination, CancellationToken cancellation)
    {
        var entries = examination.Settings.Notifications.Where(entry => entry.Value.Enabled)
            .SelectMany(entry => entry.Value.Providers.Select((address, index) => (Subject: $"{entry.Key}/{index + 1}", Address: address)))
            .ToList();
        return entries.Count == 0
            ? [Finding.Ok(Check, "none is configured: nobody is told of anything")]
            : await Task.WhenAll(entries.Select(entry => ExamineAsync(entry.Subject, entry.Address, examination.Providers, cancellation)));
    }

    private static async Task<Finding> ExamineAsync(string subject, string address, ProviderCatalog providers, CancellationToken cancellation)
    {
        try
        {
            var (name, hosts) = await providers.ReachAsync(address, cancellation);
            var values = new JsonObject
            {
                ["hosts"] = new JsonArray([.. hosts.Select(host => (JsonNode)new JsonObject { ["host"] = host.Host, ["port"] = host.Port, ["encrypted"] = host.IsEncrypted, ["reached"] = host.Fault is null })]),
            };
            return (hosts.FirstOrDefault(host => host.Fault is not null) is { } lost
                ? Finding.Problem(Check, $"{name}: {lost.Host}:{lost.Port} cannot be reached: {lost.Fault}", "check the network, the host and the port of this provider")
                : Finding.Ok(Check, hosts.Count == 0 ? $"{name}: is there" : $"{name}: {string.Join(", ", hosts.Select(host => $"{host.Host}:{host.Port}{(host.IsEncrypted ? " by TLS" : "")}"))} can be reached; ambianic alert test sends a message"))
                with { Subject = subject, Values = values };
        }
        catch (FormatException error)
        {
            return Finding.Problem(Check, $"its address {error.Message}", "correct it; ambianic check says in which line it stands") with { Subject = subject };
        }
    }
}
