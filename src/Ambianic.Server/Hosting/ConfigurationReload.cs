using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ambianic.Configuration;
using Ambianic.Core.Configuration;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Shared;

namespace Ambianic.Server.Hosting;

/// <summary>Reads the configuration again, as at the start.</summary>
internal delegate ConfigurationResult ConfigurationReader();

/// <summary>
/// Takes over edits of the configuration files while the program runs: only pipelines that have changed are restarted, and
/// a wrong edit changes nothing. Files are compared by content, twice a second: that sees through editors that replace
/// them and through links that are switched over, and a file that is just being written, or that its writer
/// has locked, is left alone until it is at rest.
/// A disk that hangs is waited for on a thread of its own, and abandoned when the program ends.
/// </summary>
internal sealed class ConfigurationReload(
    ConfigurationReader read,
    CurrentConfiguration current,
    PipelineSupervisor supervisor,
    TimeProvider time,
    ILogger<ConfigurationReload> logger) : BackgroundService
{
    private static readonly TimeSpan Rhythm = TimeSpan.FromSeconds(0.5);
    private static readonly Backoff Retry = new(TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30));
    private static readonly string[] AtStartOnly = ["data_dir", "logging", "timeline", "ui.listen", "ui.tls", "ui.trusted_proxies"];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Rhythm, time);
        try
        {
            await WatchAsync(timer, stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // the program stops
        }
    }

    private async Task WatchAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        var files = current.Result.Files;
        var last = await ContentAsync(files, cancellation);
        var taken = await IsStillWhatItWasAsync(cancellation) ? last : null; // null: edited between the start and this first look
        var (failures, failedAt, wait) = (0, 0L, TimeSpan.Zero);
        while (await timer.WaitForNextTickAsync(cancellation))
        {
            try
            {
                var now = await ContentAsync(files, cancellation);
                (var isAtRest, last) = (now == last, now);
                failures = isAtRest ? failures : 0;
                if (!isAtRest || now == taken || (failures > 0 && time.GetElapsedTime(failedAt) < wait))
                {
                    continue;
                }

                var next = await ReadAsync(cancellation);
                if (await ContentAsync(files, cancellation) != now)
                {
                    continue; // edited or locked meanwhile: what was read may be half of it
                }

                await TakeOverAsync(next, cancellation);
                (taken, failures) = (now, 0);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                if (failures == 0)
                {
                    logger.ConfigurationNotTakenOver(error); // the program goes on whatever is wrong with a file
                }

                failures++;
                (failedAt, wait) = (time.GetTimestamp(), Retry.After(failures, Random.Shared));
            }
        }
    }

    private Task<ConfigurationResult> ReadAsync(CancellationToken cancellation) => Task.Run(() => read(), cancellation).WaitAsync(cancellation);

    private async Task<bool> IsStillWhatItWasAsync(CancellationToken cancellation)
    {
        try
        {
            var (now, then) = (await ReadAsync(cancellation), current.Result);
            return JsonNode.DeepEquals(now.Effective, then.Effective)
                && now.Problems.SequenceEqual(then.Problems)
                && now.Configuration.Pipelines.Select(pipeline => pipeline.Fingerprint).SequenceEqual(then.Configuration.Pipelines.Select(pipeline => pipeline.Fingerprint));
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            logger.ConfigurationNotTakenOver(error);
            return true;
        }
    }

    private static Task<string> ContentAsync(IReadOnlyList<string> files, CancellationToken cancellation) =>
        Task.Run(() => string.Join('\0', files.Select(Content)), cancellation).WaitAsync(cancellation);

    /// <summary>What tells one content from another; why there is none, when a file cannot be read.</summary>
    private static string Content(string file)
    {
        try
        {
            return Directory.Exists(file) ? "a folder"
                : !File.Exists(file) ? "missing"
                : RegularFile.HasNoLength(file) ? "nothing in it"
                : Hash(file);
        }
        catch (IOException error) when ((error.HResult & 0xFFFF) == 11) // EWOULDBLOCK, of flock(2): its writer holds it
        {
            return Guid.NewGuid().ToString(); // not at rest
        }
        catch (Exception error)
        {
            return error.GetType().Name;
        }
    }

    /// <summary>A file may be of any size; what lies beyond the largest configuration makes no difference.</summary>
    private static string Hash(string file)
    {
        using var stream = File.OpenRead(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[81920];
        var left = ConfigurationFile.LargestBytes + 1;
        for (int read; left > 0 && (read = stream.Read(buffer, 0, Math.Min(left, buffer.Length))) > 0; left -= read)
        {
            hash.AppendData(buffer, 0, read);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static JsonNode? At(JsonNode effective, string path) => path.Split('.').Aggregate((JsonNode?)effective, (node, key) => node?[key]);

    private async Task TakeOverAsync(ConfigurationResult next, CancellationToken cancellation)
    {
        if (next.Configuration.Pipelines.Count == 0 && current.Result.Configuration.Pipelines.Count > 0)
        {
            // A warning at the start, a slip in an edit: half of a file that was saved early, say.
            next = next with { Problems = [.. next.Problems.Select(problem => problem with { IsWarning = false })] };
        }

        if (next.HasErrors)
        {
            current.Reject(next);
            logger.ConfigurationRejected(next.Report());
            return;
        }

        var former = current.Result;
        var changed = await supervisor.ApplyAsync(next.Configuration.Pipelines, cancellation);
        current.Accept(next); // not before: what fails is tried again as a whole
        if (former.Configuration.Pipelines.Select(pipeline => pipeline.Name).Except(next.Configuration.Pipelines.Select(pipeline => pipeline.Name)).ToList() is { Count: > 0 } gone)
        {
            logger.PipelinesRemoved(string.Join(", ", gone));
        }

        logger.ConfigurationTakenOver(changed.Count == 0 ? "no pipeline had to be restarted" : $"restarted or stopped: {string.Join(", ", changed)}");
        if (AtStartOnly.Where(key => !JsonNode.DeepEquals(At(former.Effective, key), At(next.Effective, key))).ToList() is { Count: > 0 } waiting)
        {
            logger.RestartNeeded(string.Join(", ", waiting));
        }
    }
}
