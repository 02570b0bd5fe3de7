using System.Net;

namespace Ambianic.Inference.Models;

/// <summary>Fetches a file over HTTPS.</summary>
internal sealed class WebDownload(WebOrigin origin, HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>Downloads the file, checked, into <paramref name="directory"/> and returns its path.</summary>
    /// <exception cref="ModelException">The site cannot be reached, falls silent, or gave something else than expected.</exception>
    public async Task<string> FetchAsync(string directory, IProgress<DownloadProgress>? progress, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(LongestSilence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellation);
        var path = Path.Combine(directory, origin.File.Path);
        var received = new Received(size =>
        {
            silence.CancelAfter(LongestSilence);
            progress?.Report(new DownloadProgress(origin.File.Path, Math.Min(size, origin.File.Size), origin.File.Size));
        });
        try
        {
            using var response = await http.GetAsync(origin.Address, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw new ModelException($"{origin.Address} answered {(int)response.StatusCode} {response.ReasonPhrase}");
            }

            await using var content = await response.Content.ReadAsStreamAsync(either.Token);
            await VerifiedFile.WriteAsync(content, path, origin.File, origin.Address.Host, received, either.Token);
            return path;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ModelException($"{origin.Address} sent nothing for {LongestSilence.TotalSeconds} s; check the network and try again");
        }
        catch (Exception error) when (error is HttpRequestException or IOException)
        {
            throw new ModelException($"{origin.Address} cannot be fetched: {error.Message}; check the network", error);
        }
    }

    /// <summary>Unlike <see cref="Progress{T}"/>, calls at once.</summary>
    private sealed class Received(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
