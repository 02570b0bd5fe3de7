using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Doctor;

/// <summary>The port of the page and the API: free, ours, or taken by another program.</summary>
internal static class PortExam
{
    private const string Check = "port";

    /// <summary>Key of the values: true when Ambianic answers.</summary>
    public const string IsOurs = "ambianic";

    private const string OurAnswer = "Ambianic Edge is running"; // of /healthcheck, as of the reference
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static async Task<IReadOnlyList<Finding>> RunAsync(Examination examination, CancellationToken cancellation)
    {
        var port = examination.Port;
        using var client = Client(port, examination.Settings.Ui.Tls.IsOn);
        var number = port.ToString(CultureInfo.InvariantCulture);
        return [await AnswerAsync(client, "healthcheck", cancellation) switch
        {
            null when port == 0 || IsFree(port) => Finding.Ok(Check, $"{number} is free: Ambianic does not run here, or answers at another port (--port)"),
            { } answer when answer.Contains(OurAnswer, StringComparison.Ordinal) => await OursAsync(client, number, cancellation),
            _ => Finding.Problem(Check, $"{number} is taken by another program", $"see which one: sudo ss -ltnp sport = :{number}; end it, or run Ambianic with --port N"),
        }];
    }

    private static async Task<Finding> OursAsync(HttpClient client, string port, CancellationToken cancellation) =>
        (await AnswerAsync(client, "healthz", cancellation) is "ok"
            ? Finding.Ok(Check, $"Ambianic runs, answers at {port}, and is well")
            : Finding.Problem(Check, $"Ambianic runs and answers at {port}, and says that a person has to help", $"curl -s {client.BaseAddress}healthz says why; more is in {client.BaseAddress}api/health")) with { Values = new JsonObject { [IsOurs] = true } };

    [SuppressMessage("Security", "CA5359:Do Not Disable Certificate Validation", Justification = "Nothing is sent to it, and what answers on this computer is only asked whether it is Ambianic.")]
    private static HttpClient Client(int port, bool isEncrypted)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false };
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        return new HttpClient(handler) { BaseAddress = new Uri($"{(isEncrypted ? "https" : "http")}://127.0.0.1:{port}/"), Timeout = Patience, MaxResponseContentBufferSize = 1 << 16 };
    }

    /// <summary>What is answered, whatever its status; empty when it is no HTTP; null when nobody listens.</summary>
    private static async Task<string?> AnswerAsync(HttpClient client, string path, CancellationToken cancellation)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            return await answer.Content.ReadAsStringAsync(cancellation);
        }
        catch (HttpRequestException error) when (error.InnerException is SocketException)
        {
            return null;
        }
        catch (Exception error) when (error is HttpRequestException or InvalidOperationException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return "";
        }
    }

    /// <summary>True when a program could listen there; the port is given back at once.</summary>
    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
