using System.Text;
using Ambianic.Core.Configuration;

namespace Ambianic.Configuration.Saving;

/// <summary>The texts of the configuration files as people may see them. Thread-safe.</summary>
/// <param name="loader">Reads the configuration as the program does.</param>
/// <param name="files">The files of the configuration.</param>
public sealed class ConfigurationTexts(ConfigurationLoader loader, ConfigurationFiles files)
{
    /// <summary>Letters of a text that is looked at.</summary>
    public const int LargestText = ConfigurationFile.LargestBytes;

    /// <summary>The files as they are now, in the order in which they are read.</summary>
    public IReadOnlyList<ShownFile> Read()
    {
        loader.Load(files); // so that all secrets are known
        return [.. files.Files.Select(Read)];
    }

    /// <summary>A text of the file that the program writes, secrets masked; null when it is not valid, so that nobody knows what is secret in it.</summary>
    public string? Mask(ReadOnlyMemory<byte> content) =>
        Local(content).Decode(new ProblemList()) is { } text ? Shown(files.Files[^1]).Mask(text) : null;

    /// <summary>Where secrets differ in two contents of the file that the program writes.</summary>
    public IReadOnlyList<string> ChangedSecrets(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) =>
        Local(one).Decode(new ProblemList()) is { } first && Local(other).Decode(new ProblemList()) is { } second ? Shown(files.Files[^1]).Changed(first, second) : [];

    /// <summary>Everything that is wrong with a text; nothing is stored.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="file">The name of the file that it would be the content of; null for a configuration of its own.</param>
    /// <returns>Null when there is no such file.</returns>
    public IReadOnlyList<ConfigurationProblem>? Check(string text, string? file)
    {
        var content = Encoding.UTF8.GetBytes(text);
        try
        {
            if (file is null)
            {
                var problems = new ProblemList();
                return loader.Load([new ConfigurationText("text", content) { IsRequired = true }], files.WorkingDirectory, problems, files.Variables).Problems;
            }

            if (files.Files.FirstOrDefault(one => one.Name == file) is not { } changed)
            {
                return null;
            }

            var notRestored = new ProblemList();
            var old = changed.Read(new ProblemList())?.Decode(new ProblemList()) ?? "";
            content = Encoding.UTF8.GetBytes(Shown(changed).Restore(text, old, file, notRestored));
            return [.. notRestored.Problems, .. loader.Load(files, new ConfigurationText(changed.Name, content) { IsSecret = changed.IsSecret, IsRequired = changed.IsRequired }).Problems];
        }
        finally
        {
            loader.Load(files); // what is masked is bounded: the secrets in force are the last to be forgotten
        }
    }

    private ShownFile Read(ConfigurationFile file)
    {
        var problems = new ProblemList();
        var content = file.Read(problems);
        var text = content?.Decode(problems);
        var shown = text is null ? null : Shown(file).Mask(text);
        return new ShownFile(
            file.Name,
            file.FullPath,
            IsWritten: file == files.Files[^1],
            content is null ? null : (ReadOnlyMemory<byte>?)content.Content,
            text is null ? (problems.Problems.Count == 0 ? "" : null) : shown,
            problems.Problems is [var problem, ..] ? problem.ToString() : text is not null && shown is null ? "is not valid YAML, so that nobody knows what is secret in it" : null);
    }

    private ConfigurationText Local(ReadOnlyMemory<byte> content) => new(files.Files[^1].Name, content.ToArray());

    private static ShownText Shown(ConfigurationFile file) => new(ConfigurationLoader.TopLevelKeys, file.IsSecret);
}

/// <summary>A configuration file as people may see it.</summary>
/// <param name="Name">As messages name it.</param>
/// <param name="Path">Absolute.</param>
/// <param name="IsWritten">True for the one file that the program writes.</param>
/// <param name="Content">All of it; null when there is none, or it cannot be read. Holds secrets.</param>
/// <param name="Text">The content, secrets masked; empty when there is none; null when it cannot be shown.</param>
/// <param name="Problem">Why it cannot be shown; else null.</param>
public sealed record ShownFile(string Name, string Path, bool IsWritten, ReadOnlyMemory<byte>? Content, string? Text, string? Problem);
