using Microsoft.Extensions.Logging;

namespace Ambianic.Core;

/// <summary>Every message that this project logs. An event id stays with its message: a new message takes a new number.</summary>
internal static partial class Log
{
    // Pipelines
    [LoggerMessage(1001, LogLevel.Warning, "Silence of the pipelines does not count for a while because {Reason}")]
    public static partial void SilenceExcluded(this ILogger logger, string reason);

    [LoggerMessage(1002, LogLevel.Error, "{Stuck} of {Watched} pipelines are silent together: look for a common cause (network, power, disk, processor). No connection is given up and no pipeline recreated meanwhile")]
    public static partial void PipelinesSilentTogether(this ILogger logger, int stuck, int watched);

    [LoggerMessage(1003, LogLevel.Error, "The supervisor failed to look after the pipelines and goes on trying")]
    public static partial void SupervisionFailed(this ILogger logger, Exception error);

    [LoggerMessage(EventId = 1004, Message = "Pipeline {Pipeline}: starts to read {Source}")]
    public static partial void PipelineStarting(this ILogger logger, LogLevel level, string pipeline, string? source);

    [LoggerMessage(1005, LogLevel.Error, "Pipeline {Pipeline}: crashed, is recreated in {Seconds:0.0} s")]
    public static partial void PipelineCrashed(this ILogger logger, Exception error, string pipeline, double seconds);

    [LoggerMessage(EventId = 1006, Message = "Pipeline {Pipeline}: no sample for {Seconds:0} s and healing did not help, the whole pipeline is recreated")]
    public static partial void PipelineRecreated(this ILogger logger, LogLevel level, string pipeline, double seconds);

    [LoggerMessage(1007, LogLevel.Error, "Pipeline {Pipeline}: healing failed, it is tried again")]
    public static partial void HealingFailed(this ILogger logger, Exception error, string pipeline);

    [LoggerMessage(1008, LogLevel.Error, "Pipeline {Pipeline}: did not stop within {Seconds:0} s and is abandoned")]
    public static partial void PipelineAbandoned(this ILogger logger, string pipeline, double seconds);

    [LoggerMessage(1009, LogLevel.Information, "Pipeline {Pipeline} ended with its source after {Samples} samples")]
    public static partial void PipelineEnded(this ILogger logger, string pipeline, long samples);

    [LoggerMessage(1010, LogLevel.Error, "Pipeline {Pipeline} failed: {Reason}")]
    public static partial void PipelineFailed(this ILogger logger, string pipeline, string reason);

    [LoggerMessage(EventId = 1011, Message = "Pipeline {Pipeline}: no video: {Reason}; reconnecting in {Seconds:0.0} s (attempt {Attempt})")]
    public static partial void Reconnecting(this ILogger logger, LogLevel level, string pipeline, string? reason, double seconds, int attempt);

    [LoggerMessage(1012, LogLevel.Warning, "Pipeline {Pipeline}: still no video, now because: {Reason}; reconnecting in {Seconds:0.0} s (attempt {Attempt})")]
    public static partial void ReconnectingForOtherReason(this ILogger logger, string pipeline, string? reason, double seconds, int attempt);

    [LoggerMessage(1013, LogLevel.Warning, "Pipeline {Pipeline}: no video since {Since:yyyy-MM-dd HH:mm}, for {Duration} and {Attempts}: {Reason}")]
    public static partial void StillNoVideo(this ILogger logger, string pipeline, DateTimeOffset since, string duration, string attempts, string? reason);

    [LoggerMessage(1014, LogLevel.Information, "Pipeline {Pipeline}: video is back after {Duration}, {Attempts}")]
    public static partial void VideoBack(this ILogger logger, string pipeline, string duration, string attempts);

    [LoggerMessage(1015, LogLevel.Warning, "Pipeline {Pipeline}: no sample for {Seconds:0.0} s, {Stuck} is stuck and is replaced")]
    public static partial void PartReplaced(this ILogger logger, string pipeline, double seconds, string stuck);

    [LoggerMessage(1016, LogLevel.Error, "Pipeline {Pipeline}: source {Source} did not stop within {Seconds:0} s and is abandoned")]
    public static partial void SourceAbandoned(this ILogger logger, string pipeline, string source, double seconds);

    [LoggerMessage(1017, LogLevel.Information, "Pipeline {Pipeline} watches {Source}")]
    public static partial void FirstSample(this ILogger logger, string pipeline, string source);

    [LoggerMessage(1018, LogLevel.Error, "Pipeline {Pipeline}: {Part} did not stop within {Seconds:0} s and is abandoned")]
    public static partial void PartAbandoned(this ILogger logger, string pipeline, string part, double seconds);

    [LoggerMessage(1019, LogLevel.Error, "Pipeline {Pipeline}: dropped {Count} sample(s) that an element failed on: {Reason}")]
    public static partial void SamplesDropped(this ILogger logger, Exception? error, string pipeline, long count, string reason);

    [LoggerMessage(1020, LogLevel.Error, "Pipeline {Pipeline}: {Element} failed while it was disposed")]
    public static partial void ElementNotDisposed(this ILogger logger, Exception error, string pipeline, string element);

    [LoggerMessage(1021, LogLevel.Debug, "The supervisor is alive: {Running} of {Count} pipeline(s) running")]
    public static partial void SupervisorIsAlive(this ILogger logger, int running, int count);

    [LoggerMessage(1022, LogLevel.Warning, "Pipeline {Pipeline}: switched {State} by {By}")]
    public static partial void PipelineSwitched(this ILogger logger, string pipeline, string state, string by);

    [LoggerMessage(1042, LogLevel.Warning, "Pipeline {Pipeline}: recreated, because {By} asked for it")]
    public static partial void PipelineRecreatedByPerson(this ILogger logger, string pipeline, string by);

    // Vision
    [LoggerMessage(1101, LogLevel.Warning, "label_filter names '{Label}', which {Model} does not know and will never report; {Hint}")]
    public static partial void LabelUnknown(this ILogger logger, string label, string model, string hint);

    [LoggerMessage(1102, LogLevel.Information, "{Label}: person {Track}, confidence {Confidence:0.00}, {Evidence}")]
    public static partial void FallReported(this ILogger logger, string label, int track, float confidence, string evidence);

    // Timeline
    [LoggerMessage(1201, LogLevel.Error, "Pipeline {Pipeline} watches on but could not save what it saw ({Count} in a row): {Reason}")]
    public static partial void DetectionsNotSaved(this ILogger logger, string pipeline, long count, string reason);

    [LoggerMessage(1202, LogLevel.Information, "Pipeline {Pipeline} saves again after {Count} failure(s)")]
    public static partial void DetectionsSavedAgain(this ILogger logger, string pipeline, long count);

    [LoggerMessage(1203, LogLevel.Error, "Pipeline {Pipeline}: the report {Label} of {At} is not stored; it waits in memory, without pictures, until that is possible")]
    public static partial void FallReportWaits(this ILogger logger, string pipeline, string label, DateTimeOffset at);

    [LoggerMessage(1204, LogLevel.Information, "Pipeline {Pipeline}: the report of {At} that waited is stored now")]
    public static partial void FallReportStored(this ILogger logger, string pipeline, DateTimeOffset at);

    [LoggerMessage(1205, LogLevel.Error, "Pipeline {Pipeline}: the report {Label} of {At} is lost, as {Count} wait already that could not be stored")]
    public static partial void FallReportLost(this ILogger logger, string pipeline, string label, DateTimeOffset at, int count);

    [LoggerMessage(1206, LogLevel.Error, "Reports of falls that wait could not be stored; it is tried again")]
    public static partial void StoringFallReportsFailed(this ILogger logger, Exception error);

    // Alerts
    [LoggerMessage(1301, LogLevel.Error, "Alerts of an earlier run cannot be read yet; what happens now is told all the same: {Reason}")]
    public static partial void AlertsNotLoaded(this ILogger logger, string reason);

    [LoggerMessage(1302, LogLevel.Error, "Alerts cannot be stored and are sent from memory: {Reason}")]
    public static partial void AlertsNotStored(this ILogger logger, string reason);

    [LoggerMessage(1303, LogLevel.Warning, "The timeline cannot be read for alerts: {Reason}")]
    public static partial void TimelineNotReadForAlerts(this ILogger logger, string reason);

    [LoggerMessage(1304, LogLevel.Error, "A step of alerting failed")]
    public static partial void AlertingFailed(this ILogger logger, Exception error);

    [LoggerMessage(1305, LogLevel.Warning, "Nobody answered the alert \"{Subject}\": everybody on the list was told")]
    public static partial void AlertExpired(this ILogger logger, string subject);

    [LoggerMessage(1306, LogLevel.Information, "The alert \"{Subject}\" was answered with {Answer} by {By}")]
    public static partial void AlertAnswered(this ILogger logger, string subject, string answer, string by);

    [LoggerMessage(1307, LogLevel.Warning, "Nobody can answer alerts there: {Reason}")]
    public static partial void AnswersNotRead(this ILogger logger, string reason);

    [LoggerMessage(1308, LogLevel.Information, "All providers hand over answers again")]
    public static partial void AnswersReadAgain(this ILogger logger);

    [LoggerMessage(1309, LogLevel.Error, "The picture of event {EventId} could not be read; the message is sent without it")]
    public static partial void PictureNotRead(this ILogger logger, Exception error, string eventId);

    [LoggerMessage(1311, LogLevel.Warning, "The message \"{Title}\" to {Recipient} was not sent: {Reason}")]
    public static partial void MessageNotSent(this ILogger logger, string title, string recipient, string reason);

    [LoggerMessage(1313, LogLevel.Warning, "The message \"{Title}\" to {Recipient} was sent, but not as it was to be: {Reason}")]
    public static partial void MessageSentInPart(this ILogger logger, string title, string recipient, string reason);

    [LoggerMessage(1312, LogLevel.Error, "The provider {Provider} failed")]
    public static partial void ProviderFailed(this ILogger logger, Exception error, string provider);

    // Mqtt
    [LoggerMessage(1401, LogLevel.Information, "MQTT: connected to {Broker}")]
    public static partial void BrokerConnected(this ILogger logger, string broker);

    [LoggerMessage(EventId = 1402, Message = "MQTT: no connection to {Broker}: {Reason}; tried again in {Seconds:0.0} s (attempt {Attempt})")]
    public static partial void BrokerAway(this ILogger logger, LogLevel level, string broker, string reason, double seconds, int attempt);

    [LoggerMessage(1403, LogLevel.Warning, "MQTT: still no connection to {Broker}, since {Since:yyyy-MM-dd HH:mm}, for {Duration}, {Count}: {Reason}")]
    public static partial void BrokerStillAway(this ILogger logger, string broker, DateTimeOffset since, string duration, string count, string reason);

    [LoggerMessage(1404, LogLevel.Information, "MQTT: connected to {Broker} again after {Duration} ({Count}); it was told how everything is now")]
    public static partial void BrokerBack(this ILogger logger, string broker, string duration, string count);

    [LoggerMessage(1405, LogLevel.Information, "MQTT: {Topic}: {Detail}")]
    public static partial void CommandDone(this ILogger logger, string topic, string detail);

    [LoggerMessage(1406, LogLevel.Warning, "MQTT: command on {Topic} refused: {Detail}")]
    public static partial void CommandRefused(this ILogger logger, string topic, string detail);

    [LoggerMessage(1407, LogLevel.Warning, "MQTT: the broker refuses messages on {Topic}: {Reason}")]
    public static partial void MessageRefused(this ILogger logger, string topic, string reason);

    [LoggerMessage(1408, LogLevel.Error, "MQTT: a part failed and goes on with the next snapshot")]
    public static partial void MqttFailed(this ILogger logger, Exception error);

    [LoggerMessage(1409, LogLevel.Warning, "MQTT: who was down before the start cannot be read, and is shown after the next report of a fall: {Reason}")]
    public static partial void FallsNotRead(this ILogger logger, string reason);
}
