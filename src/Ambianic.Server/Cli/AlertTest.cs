using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Messaging;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic alert test</c>: by the running program; by this one when none runs.</summary>
internal static class AlertTest
{
    public static async Task<int> RunAsync(ConfigurationResult configuration, string? name, int port, CancellationToken cancellation)
    {
        using var api = new LocalApi(configuration.Configuration, port);
        var answer = await api.CallAsync(HttpMethod.Get, $"api/notifications/test{(name is null ? "" : $"?name={Uri.EscapeDataString(name)}")}", null, cancellation);
        if (answer is not null)
        {
            var results = answer["results"]!.AsArray();
            foreach (var result in results)
            {
                Print((string)result!["recipient"]!, (string)result["provider"]!, (string?)result["outcome"] == "delivered", (string?)result["reason"]);
            }

            return End(results.Count, results.All(result => (string?)result!["outcome"] == "delivered"));
        }

        CommonOptions.PrintProblems(configuration);
        if (configuration.HasErrors)
        {
            return 1;
        }

        await Console.Error.WriteLineAsync($"No program answers on port {port}: the messages are sent from here.");
        return await SendAsync(configuration.Configuration, name, cancellation);
    }

    private static async Task<int> SendAsync(AmbianicConfiguration configuration, string? name, CancellationToken cancellation)
    {
        if (name is not null && !configuration.Notifications.ContainsKey(name))
        {
            throw new IOException($"notifications has no entry '{Credentials.MaskName(name)}'");
        }

        using var providers = new ProviderCatalog(TimeProvider.System);
        var (count, isDelivered) = (0, true);
        foreach (var (entry, options) in configuration.Notifications.Where(entry => entry.Value.Enabled && (name is null || entry.Key == name)))
        {
            foreach (var (index, address) in options.Providers.Index())
            {
                await using var provider = providers.Create(address);
                var outcome = await provider.SendAsync(AlertTexts.Test(configuration.DisplayName, TimeProvider.System), cancellation);
                Print(new Recipient(entry, index).ToString(), provider.Name, outcome.Kind == DeliveryOutcomeKind.Delivered, outcome.Reason);
                (count, isDelivered) = (count + 1, isDelivered && outcome.Kind == DeliveryOutcomeKind.Delivered);
            }
        }

        return End(count, isDelivered);
    }

    private static void Print(string recipient, string provider, bool isDelivered, string? reason) =>
        Console.WriteLine($"{(isDelivered ? "sent  " : "failed")}  {recipient,-20}  {provider}{(reason is null ? "" : $": {Credentials.Mask(reason)}")}");

    private static int End(int count, bool isDelivered)
    {
        if (count == 0)
        {
            Console.WriteLine("Nobody would be told: no entry of notifications that is enabled has a provider.");
        }

        return count > 0 && isDelivered ? 0 : 1;
    }
}
