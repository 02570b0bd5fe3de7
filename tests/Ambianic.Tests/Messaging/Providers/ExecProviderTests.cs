using System.Text.Json;
using Ambianic.Core.Alerts;
using Ambianic.Messaging.Providers;
using Ambianic.Tests.Media.Processes;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Messaging.Providers;

public sealed class ExecProviderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(Messages.Fall.At);
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Send_AFallWithPicture_GivesJsonAndFields()
    {
        var script = $"cat > {_folder["stdin"]}; env > {_folder["env"]}; printf '%s|' \"$@\" > {_folder["arguments"]}";

        var outcome = await SendAsync(script, Messages.FallWithPicture with { Title = "Fall 🚨 נפילה $(reboot)" }, "one two", "*;`reboot`");

        Assert.Equal(DeliveryOutcome.Delivered, outcome);
        var json = JsonDocument.Parse(await ReadAsync("stdin")).RootElement;
        Assert.Equal("Fall 🚨 נפילה $(reboot)", json.GetProperty("title").GetString());
        Assert.Equal(Messages.Fall.Text, json.GetProperty("message").GetString());
        Assert.Equal(Messages.Fall.IdempotencyKey, json.GetProperty("idempotency_key").GetString());
        Assert.Equal(Messages.Picture.Jpeg.ToArray(), json.GetProperty("attachments")[0].GetProperty("base64").GetBytesFromBase64());
        var environment = (await ReadAsync("env")).Split('\n');
        Assert.Contains("AMBIANIC_TITLE=Fall 🚨 נפילה $(reboot)", environment);
        Assert.Contains("AMBIANIC_SEVERITY=critical", environment);
        Assert.Contains($"AMBIANIC_ALERT_ID={Messages.Fall.AlertId}", environment);
        Assert.Contains($"AMBIANIC_ANSWER_URL={Messages.Fall.AnswerUrl!.AbsoluteUri}", environment);
        Assert.Equal("one two|*;`reboot`|", await ReadAsync("arguments"));
    }

    [Theory]
    [InlineData("exit 0", DeliveryOutcomeKind.Delivered, null)]
    [InlineData("exit 75", DeliveryOutcomeKind.Passing, "ended with 75")]
    [InlineData("echo; echo 'no modem: pass=hush12345' >&2; echo more >&2; exit 1", DeliveryOutcomeKind.Permanent, "ended with 1: no modem: ")]
    [InlineData("kill -9 $$", DeliveryOutcomeKind.Permanent, "ended with 137")]
    public async Task Send_TheProgramEnds_IsJudgedByItsExitCode(string script, DeliveryOutcomeKind kind, string? reason)
    {
        var outcome = await SendAsync(script, Messages.Fall with { Text = new string('x', 1_000_000) });

        Assert.Equal(kind, outcome.Kind);
        Assert.Contains(reason ?? "", outcome.Reason ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("hush", outcome.Reason ?? "", StringComparison.Ordinal);
        Assert.DoesNotContain("more", outcome.Reason ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_TheProgramDoesNotEnd_IsKilledWithItsChildren()
    {
        var sending = SendAsync($"sleep 1000 & echo $! > {_folder["new"]}; mv {_folder["new"]} {_folder["child"]}; wait", Messages.Fall);
        await Eventually.TrueAsync(() => File.Exists(_folder["child"]));
        var child = int.Parse(await ReadAsync("child"), System.Globalization.CultureInfo.InvariantCulture);

        _time.Advance(TimeSpan.FromSeconds(29));

        Assert.Equal(DeliveryOutcomeKind.Passing, (await sending).Kind);
        await Eventually.TrueAsync(() => !RunningProcesses.Run(child));
    }

    [Fact]
    public async Task Send_AChildGoesOnInTheBackground_IsDeliveredAtOnce()
    {
        var outcome = await SendAsync($"sleep 1000 & echo $! > {_folder["child"]}", Messages.Fall);

        RunningProcesses.Signal([int.Parse(await ReadAsync("child"), System.Globalization.CultureInfo.InvariantCulture)], RunningProcesses.Kill);
        Assert.Equal(DeliveryOutcome.Delivered, outcome);
    }

    [Theory]
    [InlineData("exec:", "whole path")]
    [InlineData("exec://bin/sh", "whole path")]
    [InlineData("exec:/no/such/program?arg=hush12345", "does not exist")]
    [InlineData("exec:/etc/passwd?arg=hush12345", "chmod")]
    [InlineData("exec:/etc", "does not exist")]
    public void Create_AWrongAddress_SaysWhatIsWrongAndNoSecret(string address, string what)
    {
        var error = Assert.Throws<FormatException>(() => new ExecProvider(ProviderAddress.Parse(address), _time));

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    private Task<DeliveryOutcome> SendAsync(string script, AlertMessage message, params string[] arguments)
    {
        var address = "exec:/bin/sh?" + string.Join('&', ["arg=-c", $"arg={Uri.EscapeDataString(script)}", "arg=sh", .. arguments.Select(argument => $"arg={Uri.EscapeDataString(argument)}")]);
        return new ExecProvider(ProviderAddress.Parse(address), _time).SendAsync(message, TestContext.Current.CancellationToken);
    }

    private Task<string> ReadAsync(string name) => File.ReadAllTextAsync(_folder[name], TestContext.Current.CancellationToken);
}
