using Ambianic.Core.Configuration;

namespace Ambianic.Server.Metrics;

/// <summary>Requests to a collector of OpenTelemetry; says once in the log that it does not take them, and once that it does again.</summary>
/// <param name="collector">Its address.</param>
/// <param name="logger">Told.</param>
internal sealed class CollectorConnection(Uri collector, ILogger logger)
    : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false }) // another host is not to get the headers
{
    private string? _fault;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Told(base.Send(request, cancellationToken));
        }
        catch (Exception error)
        {
            Tell(error.Message);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Told(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception error)
        {
            Tell(error.Message);
            throw;
        }
    }

    private HttpResponseMessage Told(HttpResponseMessage answer)
    {
        Tell(answer.IsSuccessStatusCode ? null : $"it answers {(int)answer.StatusCode} {answer.ReasonPhrase}");
        return answer;
    }

    private void Tell(string? fault)
    {
        var before = Interlocked.Exchange(ref _fault, fault);
        if (fault is not null && before is null)
        {
            logger.CollectorTakesNothing(Credentials.Mask(collector.ToString()), Credentials.Mask(fault));
        }
        else if (fault is null && before is not null)
        {
            logger.CollectorTakesAgain(Credentials.Mask(collector.ToString()));
        }
    }
}
