using System.Text.Json.Nodes;
using Ambianic.Core.Configuration;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic alert drill</c>: rehearses with the running program and reports what happens until somebody answers.</summary>
internal static class AlertDrill
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    public static async Task<int> RunAsync(AmbianicConfiguration settings, string pipeline, TimeSpan wait, int port, CancellationToken cancellation)
    {
        using var api = new LocalApi(settings, port);
        var started = await api.CallAsync(HttpMethod.Post, "api/alerts/drill", new JsonObject { ["pipeline"] = pipeline }, cancellation)
            ?? throw new IOException($"No program answers on port {port}; a drill needs the running program: ambianic run");
        var alerts = started["alerts"]!.AsArray().Select(alert => (string)alert!["id"]!).ToList();
        if (alerts.Count == 0)
        {
            Console.WriteLine($"Nobody would be told of a fall in {pipeline}: see ambianic check.");
            return 1;
        }

        HashSet<string> printed = [];
        for (var begin = TimeProvider.System.GetTimestamp(); ; await Task.Delay(LookEvery, TimeProvider.System, cancellation))
        {
            var isAnswered = false;
            foreach (var id in alerts)
            {
                var details = (await api.CallAsync(HttpMethod.Get, $"api/alerts/{id}", null, cancellation))!;
                foreach (var line in details["deliveries"]!.AsArray().Reverse().Select(Line).Where(printed.Add))
                {
                    Console.WriteLine(line);
                }

                isAnswered |= Answered(details["alert"]!, printed);
            }

            if (isAnswered)
            {
                return 0;
            }

            if (TimeProvider.System.GetElapsedTime(begin) >= wait)
            {
                Console.WriteLine($"Nobody has answered within {wait.TotalMinutes:0.#} min. The drill goes on without this command.");
                return 1;
            }
        }
    }

    private static string Line(JsonNode? delivery) =>
        $"{delivery!["created_at"]}  {delivery["kind"],-10}  {delivery["recipient"],-20}  {delivery["state"]}{(delivery["error"] is { } error ? $": {error}" : "")}";

    private static bool Answered(JsonNode alert, HashSet<string> printed)
    {
        if (alert["acknowledged_by"] is not { } by)
        {
            return false;
        }

        var line = $"{alert["acknowledged_at"]}  answered by {by}";
        if (printed.Add(line))
        {
            Console.WriteLine(line);
        }

        return true;
    }
}
