using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using MimeKit;

namespace Ambianic.Tests.Messaging.Providers.Mail;

/// <summary>A real SMTP server on the loopback interface; smtp_server.py says what it refuses.</summary>
internal sealed class SmtpServer : IDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's, which has aiosmtpd

    private static readonly Lazy<bool> IsThere = new(() =>
    {
        if (!File.Exists(Python))
        {
            return false;
        }

        using var process = Process.Start(new ProcessStartInfo(Python, ["-c", "import aiosmtpd"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    });

    private readonly ServerProcess _process;

    private SmtpServer(ServerProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    /// <summary>True when a client was told to wait.</summary>
    public bool LetsWait => _process.Lines.Any(line => line.Contains("waits", StringComparison.Ordinal));

    /// <summary>Mails so far, oldest first.</summary>
    public IReadOnlyList<ReceivedMail> Mails => [.. _process.Lines.Where(line => line.Contains("sender", StringComparison.Ordinal)).Select(ReceivedMail.Of)];

    /// <summary>Starts it; skips the test when its parts are not installed.</summary>
    /// <param name="mode"><c>plain</c>, <c>starttls</c> or <c>ssl</c>.</param>
    /// <param name="certificate">PEM file of certificate and key.</param>
    public static async Task<SmtpServer> StartAsync(string mode = "plain", string? certificate = null)
    {
        if (!IsThere.Value)
        {
            Assert.Skip("no SMTP server (apt-get install python3-aiosmtpd)");
        }

        var process = new ServerProcess(Python, certificate is null ? [Script(), mode] : [Script(), mode, certificate]);
        var port = await process.LineAsync(line => line.Length > 0 && line.All(char.IsAsciiDigit));
        return new SmtpServer(process, int.Parse(port, CultureInfo.InvariantCulture));
    }

    /// <summary>The one mail there was.</summary>
    public async Task<ReceivedMail> MailAsync()
    {
        await Eventually.TrueAsync(() => Mails.Count > 0);
        return Assert.Single(Mails);
    }

    public void Dispose() => _process.Dispose();

    private static string Script([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "smtp_server.py");
}

/// <summary>A mail as it arrived.</summary>
internal sealed record ReceivedMail(string Sender, IReadOnlyList<string> Recipients, string? User, bool IsSecure, string Raw, MimeMessage Message)
{
    public static ReceivedMail Of(string line)
    {
        var json = JsonDocument.Parse(line).RootElement;
        var data = json.GetProperty("data").GetBytesFromBase64();
        return new ReceivedMail(
            json.GetProperty("sender").GetString()!,
            [.. json.GetProperty("recipients").EnumerateArray().Select(recipient => recipient.GetString()!)],
            json.GetProperty("user").GetString(),
            json.GetProperty("secure").GetBoolean(),
            System.Text.Encoding.UTF8.GetString(data),
            MimeMessage.Load(new MemoryStream(data)));
    }
}
