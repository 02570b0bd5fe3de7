using System.Globalization;
using Ambianic.Core.Alerts;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Mqtt;

/// <summary>Carries out commands, and tells what became of them on a topic and in the log. Nothing that a message holds does harm.</summary>
internal sealed class CommandDesk(MqttParts parts, MqttTopics topics, MqttReporter reporter, TimeProvider time, ILogger logger)
{
    /// <summary>Carries out a command.</summary>
    public async Task HandleAsync(MqttMessage message, CancellationToken cancellation)
    {
        try
        {
            var detail = await DoAsync(MqttCommand.Read(message, topics), cancellation);
            logger.CommandDone(message.Topic, detail);
            reporter.Answer(message.Topic, true, detail);
        }
        catch (FormatException error)
        {
            logger.CommandRefused(message.Topic, error.Message);
            reporter.Answer(message.Topic, false, error.Message);
        }
    }

    private async Task<string> DoAsync(MqttCommand command, CancellationToken cancellation)
    {
        var name = command.Pipeline is null ? null : Find(command.Pipeline);
        switch (command.Kind)
        {
            case MqttCommandKind.Enabled:
                return await parts.Pipelines.SwitchAsync(name!, command.IsOn, command.By, cancellation)
                    ? $"the pipeline is {(command.IsOn ? "on" : "off")}"
                    : throw new FormatException("this pipeline cannot run: its configuration is wrong");
            case MqttCommandKind.Snooze:
                await parts.Alerts.SnoozeAsync(name!, time.GetUtcNow() + command.Snooze, cancellation);
                return command.Snooze > TimeSpan.Zero
                    ? string.Create(CultureInfo.InvariantCulture, $"its alerts are held back for {command.Snooze.TotalMinutes:0.#} min")
                    : "its alerts are not held back";
            case MqttCommandKind.Acknowledge:
                var answered = await AnswerAsync(name, alert => parts.Alerts.AnswerAsync(alert.Id, AlertAnswer.TakingCare, command.By, cancellation), alert => alert.IsUnanswered);
                return answered > 0 ? $"{answered} alert(s) acknowledged"
                    : Open(name).Any() ? "all alerts were acknowledged before"
                    : ClearFall(name) ? "there is no alert; nobody is shown as fallen any more"
                    : "there is no open alert";
            default:
                var ended = await AnswerAsync(name, alert => parts.Alerts.ResolveAsync(alert.Id, command.By, cancellation), _ => true);
                return ClearFall(name) || ended > 0 ? $"{ended} alert(s) resolved" : "there is no open alert";
        }
    }

    private string Find(string word) =>
        parts.Configuration().Pipelines.Select(pipeline => pipeline.Name).FirstOrDefault(name => TopicNames.Of(name) == word)
        ?? throw new FormatException("there is no such pipeline");

    private IEnumerable<Alert> Open(string? pipeline) => parts.Alerts.Open.Where(alert => pipeline is null || alert.Pipeline == pipeline);

    private async Task<int> AnswerAsync(string? pipeline, Func<Alert, Task<Alert?>> answer, Func<Alert, bool> isMeant)
    {
        var count = 0;
        foreach (var alert in Open(pipeline).Where(isMeant).ToList())
        {
            count += await answer(alert) is null ? 0 : 1;
        }

        return count;
    }

    private bool ClearFall(string? pipeline) => pipeline is not null && reporter.ClearFall(pipeline);
}
