using System.Text;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration.Saving;

/// <summary>
/// Writes settings into the file that the program itself may write, and that is read last. No other file is ever written. What would make
/// the configuration invalid is not written. Writes of this program come one after the other, so that none is lost. Thread-safe.
/// </summary>
/// <param name="loader">Reads the configuration as the program does.</param>
/// <param name="files">The files of the configuration.</param>
/// <param name="replace">Puts a content in the place of a file, all of it or nothing; throws <see cref="IOException"/> when it cannot.</param>
public sealed class LocalSettings(ConfigurationLoader loader, ConfigurationFiles files, Action<string, ReadOnlyMemory<byte>> replace)
{
    private const int MostAttempts = 5;

    private const string Heading =
        """
        # Written by Ambianic when settings are changed through its API. It is read last, so what stands here wins over the other files.
        # It may be edited: comments and order stay.

        """;

    private readonly Lock _one = new();

    private ConfigurationFile File { get; } = files.Files[^1];

    /// <summary>The texts of the files as people may see them.</summary>
    public ConfigurationTexts Texts { get; } = new(loader, files);

    private ShownText Shown { get; } = new(ConfigurationLoader.TopLevelKeys, files.Files[^1].IsSecret);

    /// <summary>Writes settings; the configuration as it is then, or what is wrong with it: then nothing was written.</summary>
    /// <param name="changes">Asked for each attempt, with the merged files as they are.</param>
    /// <exception cref="IOException">The file cannot be written; the message says what to do.</exception>
    /// <param name="keep">Given the content that is about to be replaced, before it is; what it throws keeps the write from being done.</param>
    public SaveResult Save(Func<WrittenConfiguration, IReadOnlyList<SettingChange>> changes, Action<ReadOnlyMemory<byte>>? keep = null)
    {
        lock (_one)
        {
            for (var attempt = 1; ; attempt++)
            {
                var before = Read();
                var (text, problem) = Apply(before?.Content, changes);
                if (problem is not null)
                {
                    return new SaveResult(null, [problem]);
                }

                var content = Encoding.UTF8.GetBytes(text);
                if (content.Length > ConfigurationFile.LargestBytes)
                {
                    return new SaveResult(null, [new ConfigurationProblem(File.Name, 0, 0, "", $"would be larger than {ConfigurationFile.LargestBytes >> 20} MiB")]);
                }

                var result = loader.Load(files, new ConfigurationText(File.Name, content) { IsSecret = File.IsSecret });
                if (result.HasErrors)
                {
                    return new SaveResult(null, [.. result.Problems.Where(found => !found.IsWarning)]);
                }

                if (!Same(before, Read()) && attempt < MostAttempts)
                {
                    continue; // somebody has edited the file meanwhile
                }

                Write(before, content, keep);
                return new SaveResult(result, []);
            }
        }
    }

    /// <summary>Puts a text in the place of the file, if nobody has changed it meanwhile.</summary>
    /// <param name="change">The text.</param>
    /// <param name="keep">Given the content that is about to be replaced, before it is; what it throws keeps the write from being done.</param>
    /// <exception cref="IOException">The file cannot be written; the message says what to do.</exception>
    public SaveResult Replace(TextChange change, Action<ReadOnlyMemory<byte>> keep)
    {
        lock (_one)
        {
            var before = Read();
            if (!change.IsExpected(before?.Content ?? []))
            {
                return SaveResult.Stale;
            }

            var problems = new ProblemList();
            var old = before?.Decode(new ProblemList()) ?? "";
            var text = Shown.Restore(change.Text, old, File.Name, problems);
            if (!change.IsTrusted)
            {
                ForeignValues.Report(text, old, File.Name, ConfigurationLoader.TopLevelKeys, problems);
            }

            var content = Encoding.UTF8.GetBytes(text);
            var result = Check(content, problems);
            if (change.NeedsPipelines && result.Configuration.Pipelines.Count == 0 && problems.Problems.Count == 0)
            {
                problems.Add(new ConfigurationProblem(File.Name, 0, 0, "pipelines", "there would be none: nothing would be observed"));
            }

            if (problems.Problems.Count == 0 && change.Forbidden(result) is { Count: > 0 } forbidden)
            {
                return new SaveResult(null, forbidden) { IsForbidden = true };
            }

            if (problems.Problems.Count > 0)
            {
                return new SaveResult(null, problems.Problems);
            }

            if (!Same(before, Read()))
            {
                return SaveResult.Stale;
            }

            Write(before, content, keep);
            return new SaveResult(result, []);
        }
    }

    private ConfigurationResult Check(byte[] content, ProblemList problems)
    {
        if (content.Length > ConfigurationFile.LargestBytes)
        {
            problems.Add(new ConfigurationProblem(File.Name, 0, 0, "", $"would be larger than {ConfigurationFile.LargestBytes >> 20} MiB"));
            content = [];
        }

        var result = loader.Load(files, new ConfigurationText(File.Name, content) { IsSecret = File.IsSecret });
        problems.AddRange(result.Problems.Where(found => !found.IsWarning));
        return result;
    }

    private void Write(ConfigurationText? before, byte[] content, Action<ReadOnlyMemory<byte>>? keep)
    {
        if (before is null || !content.AsSpan().SequenceEqual(before.Content))
        {
            keep?.Invoke(before?.Content ?? []);
            replace(File.FullPath, content);
        }
    }

    private (string Text, ConfigurationProblem? Problem) Apply(byte[]? content, Func<WrittenConfiguration, IReadOnlyList<SettingChange>> changes)
    {
        var problems = new ProblemList();
        var text = content is null ? "" : new ConfigurationText(File.Name, content).Decode(problems);
        if (text is null)
        {
            return ("", problems.Problems[0]);
        }

        try
        {
            var wanted = changes(new WrittenConfiguration(ConfigurationLoader.Merge(files), YamlOutline.Of(text) as OutlineMap));
            var changed = wanted.Aggregate(text, YamlEditor.Apply);
            return (string.IsNullOrWhiteSpace(text) && changed != text ? Heading + changed : changed, null);
        }
        catch (Exception error) when (error is InvalidDataException or YamlDotNet.Core.YamlException)
        {
            return ("", new ConfigurationProblem(File.Name, 0, 0, "", Credentials.Mask(error.Message)));
        }
    }

    private ConfigurationText? Read()
    {
        var problems = new ProblemList();
        var text = File.Read(problems);
        return problems.Problems is [var problem, ..] ? throw new IOException(problem.ToString()) : text;
    }

    private static bool Same(ConfigurationText? one, ConfigurationText? other) =>
        (one?.Content ?? []).AsSpan().SequenceEqual(other?.Content ?? []);
}
