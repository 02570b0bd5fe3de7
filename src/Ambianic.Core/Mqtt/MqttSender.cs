using System.Threading.Channels;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Microsoft.Extensions.Logging;

namespace Ambianic.Core.Mqtt;

/// <summary>
/// Holds the connection to the broker: connects, sends what the reporter has, one message after the other, and connects again. A slow
/// broker only makes what is sent less frequent.
/// </summary>
internal sealed class MqttSender
{
    /// <summary>A broker that takes longer to confirm a message is lost.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>What the broker has kept from before is waited for so long.</summary>
    private static readonly TimeSpan KeptWithin = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan FarewellWithin = TimeSpan.FromSeconds(2);

    /// <summary>A connection that ends sooner is no success: two devices of the same name push each other away.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromSeconds(30);

    private readonly MqttParts _parts;
    private readonly MqttOptions _options;
    private readonly MqttTopics _topics;
    private readonly MqttReporter _reporter;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly FaultLog _away;
    private readonly string _broker;
    private readonly HashSet<string> _refused = new(StringComparer.Ordinal);
    private readonly Channel<MqttMessage> _commands = Channel.CreateBounded<MqttMessage>(new BoundedChannelOptions(100) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private TaskCompletionSource _synchronised = new();
    private string _syncWord = "";
    private MqttMessage? _underWay;
    private volatile bool _isConnected;

    public MqttSender(MqttParts parts, MqttOptions options, MqttTopics topics, MqttReporter reporter, TimeProvider time, ILogger logger)
    {
        (_parts, _options, _topics, _reporter, _time, _logger) = (parts, options, topics, reporter, time, logger);
        _away = new FaultLog(time);
        _broker = MqttAddress.Of(options).Authority;
    }

    /// <summary>True while messages can be sent.</summary>
    public bool IsConnected => _isConnected;

    /// <summary>Commands as they come.</summary>
    public ChannelReader<MqttMessage> Commands => _commands.Reader;

    /// <summary>There may be something to send.</summary>
    public void Wake() => _changes.Writer.TryWrite(true);

    /// <summary>Connects and sends until cancelled; then says that the program stops.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        for (var failures = 1; !cancellation.IsCancellationRequested;)
        {
            string reason;
            var since = _time.GetTimestamp();
            try
            {
                await using var connection = await _parts.Connector.ConnectAsync(_options, Status(MqttText.Offline), Receive, cancellation);
                _underWay = null;
                await BeginAsync(connection, cancellation);
                reason = await ServeAsync(connection, cancellation);
            }
            catch (IOException error)
            {
                reason = error.Message;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                reason = error.Message; // a defect, which must not end all attempts
                _logger.MqttFailed(error);
            }

            _isConnected = false;
            failures = _time.GetElapsedTime(since) >= Lasting ? 1 : failures;
            var wait = Backoff.Default.After(failures++, Random.Shared);
            Log(_away.Fail(Credentials.Mask(reason)), Credentials.Mask(reason), wait);
            await Task.Delay(wait, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Called by the connection for one message after the other.</summary>
    private void Receive(MqttMessage message)
    {
        if (message.Topic == _topics.Sync)
        {
            if (message.Text == _syncWord)
            {
                _synchronised.TrySetResult();
            }
        }
        else if (MqttCommand.IsTopic(message.Topic, _topics))
        {
            if (message.Payload.Length > 0 || !message.IsRetained)
            {
                _commands.Writer.TryWrite(message);
            }
        }
        else if (message.Topic == Birth)
        {
            if (message is { Text: MqttText.Online, IsRetained: false })
            {
                _reporter.SendAgain();
                Wake();
            }
        }
        else if (message.IsRetained)
        {
            _reporter.Remember(message);
        }
    }

    /// <summary>Where Home Assistant says that it has started.</summary>
    private string Birth => $"{_options.Discovery.Prefix}/status";

    private MqttMessage Status(string status) => MqttMessage.Of(_topics.Available, status, isRetained: true);

    /// <summary>Subscribes, and learns what the broker has kept from before.</summary>
    private async Task BeginAsync(IMqttConnection connection, CancellationToken cancellation)
    {
        string[] kept = [_topics.All, DiscoveryDocuments.Filter(_options.Discovery.Prefix)];
        (_synchronised, _syncWord) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), Guid.NewGuid().ToString("N"));
        await WithinAsync(limit => connection.SubscribeAsync([_topics.Acknowledge, _topics.Commands, Birth, _topics.Sync], limit), cancellation);
        await WithinAsync(limit => connection.SubscribeAsync(kept, limit), cancellation);
        await WithinAsync(limit => connection.PublishAsync(MqttMessage.Of(_topics.Sync, _syncWord, isRetained: false), limit), cancellation);
        await Task.WhenAny(_synchronised.Task, connection.WhenEnded, Task.Delay(KeptWithin, _time, cancellation));
        cancellation.ThrowIfCancellationRequested();
        await WithinAsync(limit => connection.UnsubscribeAsync([.. kept, _topics.Sync], limit), cancellation);
        _refused.Clear();
        _reporter.SendAgain();
        _isConnected = true;
        if (!_away.IsOpen)
        {
            _logger.BrokerConnected(_broker);
        }
    }

    /// <returns>Why the connection has ended.</returns>
    private async Task<string> ServeAsync(IMqttConnection connection, CancellationToken cancellation)
    {
        try
        {
            while (!connection.WhenEnded.IsCompleted)
            {
                if (_away.Succeed() is { } over)
                {
                    _logger.BrokerBack(_broker, over.Duration, over.Count);
                }

                if (_reporter.Next() is { } message)
                {
                    _underWay = message;
                    await PublishAsync(connection, message, cancellation);
                    _underWay = null;
                    continue;
                }

                using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
                await Task.WhenAny(_changes.Reader.ReadAsync(either.Token).AsTask(), connection.WhenEnded);
                await either.CancelAsync();
                cancellation.ThrowIfCancellationRequested();
            }

            return await connection.WhenEnded;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            await SayFarewellAsync(connection);
            throw;
        }
    }

    private async Task PublishAsync(IMqttConnection connection, MqttMessage message, CancellationToken cancellation)
    {
        var refusal = await WithinAsync(limit => connection.PublishAsync(message, limit), cancellation);
        if (refusal is not null && _refused.Count < 20 && _refused.Add($"{message.Topic}: {refusal}"))
        {
            _logger.MessageRefused(message.Topic, Credentials.Mask(refusal));
        }
    }

    /// <summary>What was to be sent last, and that the program does not run.</summary>
    private async Task SayFarewellAsync(IMqttConnection connection)
    {
        using var limit = new CancellationTokenSource(FarewellWithin, _time);
        try
        {
            for (var message = _underWay ?? _reporter.Next(); _reporter.IsLeaving && message is not null; message = _reporter.Next())
            {
                await connection.PublishAsync(message, limit.Token);
            }

            await connection.PublishAsync(Status(_reporter.IsLeaving ? "" : MqttText.Offline), limit.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // the will says it
        }
    }

    private async Task<T> WithinAsync<T>(Func<CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            return await call(either.Token).WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"the broker has not answered for {Patience.TotalSeconds:0} s");
        }
    }

    private Task<bool> WithinAsync(Func<CancellationToken, Task> call, CancellationToken cancellation) => WithinAsync(
        async limit =>
        {
            await call(limit);
            return true;
        },
        cancellation);

    private void Log(FaultLogReport report, string reason, TimeSpan wait)
    {
        if (report.Change == FaultChange.GoesOn)
        {
            _logger.BrokerStillAway(_broker, report.Since, report.Duration, report.Count, reason);
        }
        else
        {
            var level = report.Change is FaultChange.Begun or FaultChange.OtherReason ? LogLevel.Warning : LogLevel.Debug;
            _logger.BrokerAway(level, _broker, reason, wait.TotalSeconds, report.Attempts);
        }
    }
}
