using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;
using Ambianic.Messaging.Mqtt;
using Ambianic.Server.Hosting;

namespace Ambianic.Server.Mqtt;

/// <summary>Runs the broker within Ambianic while the configuration asks for it.</summary>
internal sealed class BrokerService(CurrentConfiguration current, TimeProvider time, ILogger<BrokerService> logger) : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan TellEvery = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private string? _fault;
    private int _refused;
    private long? _toldAt;

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        EmbeddedBroker? broker = null;
        MqttBrokerOptions? running = null;
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            do
            {
                var options = current.Result.Configuration.Mqtt;
                var wanted = options.Broker.Enabled && !MqttCheck.Of(options).Any() ? options.Broker : null;
                if (wanted != running)
                {
                    await (broker?.DisposeAsync() ?? ValueTask.CompletedTask);
                    (broker, running) = (null, null);
                    broker = wanted is null ? null : await TryStartAsync(wanted);
                    running = broker is null ? null : wanted;
                }
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
        finally
        {
            await (broker?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }

    /// <returns>Null when it cannot start now; it is tried again.</returns>
    private async Task<EmbeddedBroker?> TryStartAsync(MqttBrokerOptions options)
    {
        try
        {
            var broker = await EmbeddedBroker.StartAsync(options, Refuse);
            _fault = null;
            logger.BrokerListens(options.Address, options.Port);
            return broker;
        }
        catch (IOException error)
        {
            if (_fault != error.Message)
            {
                logger.BrokerNotStarted(options.Address, options.Port, Credentials.Mask(error.Message));
            }

            _fault = error.Message;
            return null;
        }
    }

    /// <summary>A client with an old password comes again and again: told at once, and then every ten minutes.</summary>
    private void Refuse(string from)
    {
        lock (_gate)
        {
            _refused++;
            if (_toldAt is { } told && time.GetElapsedTime(told) < TellEvery)
            {
                return;
            }

            _toldAt = time.GetTimestamp();
            logger.ClientRefused(from, _refused);
        }
    }
}
