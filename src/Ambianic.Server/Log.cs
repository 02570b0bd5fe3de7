namespace Ambianic.Server;

/// <summary>Every message that this project logs. An event id stays with its message: a new message takes a new number.</summary>
internal static partial class Log
{
    // Api
    [LoggerMessage(7001, LogLevel.Error, "{Path} could not be answered: {Detail}")]
    public static partial void RequestFailed(this ILogger logger, Exception? error, string path, string detail);

    [LoggerMessage(7031, LogLevel.Error, "What is new cannot be told to those who listen, by a defect of Ambianic; it is tried again; please report it")]
    public static partial void StreamFailed(this ILogger logger, Exception error);

    // Hosting
    [LoggerMessage(7101, LogLevel.Information, "The edited configuration is in force; {Changes}")]
    public static partial void ConfigurationTakenOver(this ILogger logger, string changes);

    [LoggerMessage(7102, LogLevel.Error, "The edited configuration is wrong and everything goes on as it was:\n{Problems}")]
    public static partial void ConfigurationRejected(this ILogger logger, string problems);

    [LoggerMessage(7103, LogLevel.Error, "The edited configuration could not be taken over; it is tried again, and taken over at the latest when Ambianic is restarted")]
    public static partial void ConfigurationNotTakenOver(this ILogger logger, Exception error);

    [LoggerMessage(7104, LogLevel.Warning, "Not watched any more, because the edited configuration does not name them: {Pipelines}")]
    public static partial void PipelinesRemoved(this ILogger logger, string pipelines);

    [LoggerMessage(7105, LogLevel.Warning, "Changes of {Keys} are in force after a restart of Ambianic")]
    public static partial void RestartNeeded(this ILogger logger, string keys);

    [LoggerMessage(7131, LogLevel.Warning, "A setting was changed, and the configuration before it could not be kept: {Reason}")]
    public static partial void VersionNotKept(this ILogger logger, string reason);

    // Visibility
    [LoggerMessage(7201, LogLevel.Error, "Keeping the visibility log failed; it is tried again with the next snapshot")]
    public static partial void VisibilityLogFailed(this ILogger logger, Exception error);

    [LoggerMessage(7202, LogLevel.Warning, "The visibility log cannot be written to disk and is kept in memory: {Reason}")]
    public static partial void VisibilityLogNotWritten(this ILogger logger, string reason);

    [LoggerMessage(7203, LogLevel.Warning, "Pipeline {Pipeline}: no usable picture for {Duration}: {Reason}")]
    public static partial void OutageBegun(this ILogger logger, string pipeline, string duration, string reason);

    [LoggerMessage(7204, LogLevel.Information, "Pipeline {Pipeline}: usable picture again after {Duration} ({Reason})")]
    public static partial void OutageOver(this ILogger logger, string pipeline, string duration, string reason);

    [LoggerMessage(7209, LogLevel.Warning, "Pipeline {Pipeline}: no usable picture since {Since:yyyy-MM-dd HH:mm}, for {Duration}: {Reason}")]
    public static partial void OutageGoesOn(this ILogger logger, string pipeline, DateTimeOffset since, string duration, string reason);

    [LoggerMessage(7205, LogLevel.Error, "Pipeline {Pipeline}: its outage could not be put on the timeline; it is tried again: {Reason}")]
    public static partial void OutageNotSaved(this ILogger logger, string pipeline, string reason);

    [LoggerMessage(7206, LogLevel.Error, "Pipeline {Pipeline}: its outage is not put on the timeline, by a defect of Ambianic; please report it")]
    public static partial void OutageLost(this ILogger logger, Exception error, string pipeline);

    [LoggerMessage(7207, LogLevel.Warning, "The outages that were reported before cannot be read: {Reason}")]
    public static partial void ReportedOutagesNotRead(this ILogger logger, string reason);

    [LoggerMessage(7208, LogLevel.Error, "Looking for outages failed; it is tried again with the next snapshot")]
    public static partial void OutageCheckFailed(this ILogger logger, Exception error);

    // Alerts
    [LoggerMessage(7301, LogLevel.Error, "That nobody answered an alert could not be put on the timeline yet: {Reason}")]
    public static partial void UnansweredAlertNotRecorded(this ILogger logger, string reason);

    [LoggerMessage(7302, LogLevel.Warning, "The monitor of heartbeat.url did not take the heartbeat: {Reason}")]
    public static partial void HeartbeatNotTaken(this ILogger logger, string reason);

    [LoggerMessage(7303, LogLevel.Warning, "The key that signs links in messages can be neither read nor stored; until it can, another one is used, and links of earlier messages do not work: {Reason}")]
    public static partial void LinkKeyNotKept(this ILogger logger, string reason);

    // Mqtt
    [LoggerMessage(7401, LogLevel.Information, "The MQTT broker within Ambianic listens at {Address}, port {Port}")]
    public static partial void BrokerListens(this ILogger logger, string address, int port);

    [LoggerMessage(7402, LogLevel.Error, "The MQTT broker within Ambianic cannot listen at {Address}, port {Port}, and is tried again: {Reason}")]
    public static partial void BrokerNotStarted(this ILogger logger, string address, int port, string reason);

    [LoggerMessage(7403, LogLevel.Warning, "The MQTT broker within Ambianic has refused {Client}: wrong user or password ({Attempts} so far)")]
    public static partial void ClientRefused(this ILogger logger, string client, int attempts);

    // Access
    [LoggerMessage(7501, LogLevel.Warning, "Log-in of {User} from {Address} refused: wrong password")]
    public static partial void LogInRefused(this ILogger logger, string user, System.Net.IPAddress? address);

    [LoggerMessage(7502, LogLevel.Error, "Who may log in cannot be read, and what was known last counts; nobody is let in when nothing was: {Reason}")]
    public static partial void AccessNotRead(this ILogger logger, string reason);

    [LoggerMessage(7503, LogLevel.Error, "The audit log has no entry of '{What}': {Reason}")]
    public static partial void AuditNotWritten(this ILogger logger, string what, string reason);

    [LoggerMessage(7504, LogLevel.Warning, "ui.listen is {Address}, but there is no administrator, so the page and the API answer this computer only; add one and restart Ambianic: ambianic user add NAME")]
    public static partial void ListensOnThisComputer(this ILogger logger, string address);

    [LoggerMessage(7505, LogLevel.Warning, "ui.listen is {Address} without ui.tls, and no proxy is trusted: passwords cross the network unencrypted; set ui.tls")]
    public static partial void PasswordsNotEncrypted(this ILogger logger, string address);

    [LoggerMessage(7506, LogLevel.Information, "The page and the API are encrypted; SHA-256 fingerprint of the certificate: {Fingerprint}")]
    public static partial void CertificateUsed(this ILogger logger, string fingerprint);

    [LoggerMessage(7507, LogLevel.Error, "The page and the API cannot be reached until their certificate can be read: {Reason}")]
    public static partial void CertificateNotRead(this ILogger logger, string reason);
}
