using Ambianic.Core.Configuration;
using Ambianic.Shared;

namespace Ambianic.Configuration;

/// <summary>Which files make up the configuration, the later ones winning, and where relative paths begin.</summary>
/// <param name="WorkingDirectory">Absolute.</param>
/// <param name="Files">In the order in which they are laid over each other.</param>
/// <param name="SaveFile">The file that the program itself may write, absolute; always the last of the files.</param>
public sealed record ConfigurationFiles(string WorkingDirectory, IReadOnlyList<ConfigurationFile> Files, string SaveFile)
{
    /// <summary>What values of addresses and secrets may refer to.</summary>
    public Variables Variables { get; init; } = Variables.None;

    /// <summary>What is wrong with the environment variables.</summary>
    public IReadOnlyList<ConfigurationProblem> Problems { get; init; } = [];

    /// <summary>
    /// Decides which files count: <c>secrets.yaml</c>, <c>config.yaml</c>, <c>config.local.yaml</c>, all beside the main file;
    /// or those that <c>AMBIANIC_CONFIG_FILES</c> names, unless a main file is given.
    /// </summary>
    /// <param name="mainFile">As given on the command line, relative to the current directory; null when none was given.</param>
    /// <param name="currentDirectory">Absolute; the working directory unless <c>AMBIANIC_DIR</c> names another.</param>
    /// <param name="environment">The value of an environment variable, or null.</param>
    public static ConfigurationFiles Locate(string? mainFile, string currentDirectory, Func<string, string?> environment)
    {
        var directory = environment("AMBIANIC_DIR") ?? "";
        var working = Path.GetFullPath(Path.Combine(currentDirectory, directory));
        var main = mainFile ?? Path.Combine(directory, "config.yaml");
        var listed = (environment("AMBIANIC_CONFIG_FILES") ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        var isListed = mainFile is null && listed.Length > 0;
        List<ConfigurationFile> files = isListed
            ? [.. listed.Select(name => new ConfigurationFile(name, Path.Combine(working, name)) { IsRequired = !IsLocal(name) })]
            : [Beside("secrets.yaml"), Beside(Path.GetFileName(main)) with { IsRequired = true }];
        var saved = environment("AMBIANIC_SAVE_CONFIG_TO") is { Length: > 0 } named
            ? new ConfigurationFile(named, Path.Combine(working, named))
            : files.LastOrDefault(file => isListed && IsLocal(file.Name)) ?? Beside("config.local.yaml");
        files.RemoveAll(file => file.FullPath == saved.FullPath);
        return new ConfigurationFiles(working, [.. files, saved], saved.FullPath)
        {
            Variables = new Variables(environment),
            Problems = Directory.Exists(working)
                ? []
                : [new ConfigurationProblem("environment", 0, 0, "AMBIANIC_DIR", $"names the directory {working}, which does not exist")],
        };

        // A file that the program writes, so that it may not exist yet.
        static bool IsLocal(string name) => Path.GetFileNameWithoutExtension(name).EndsWith(".local", StringComparison.OrdinalIgnoreCase);

        ConfigurationFile Beside(string name)
        {
            var path = Path.Combine(Path.GetDirectoryName(main) ?? "", name);
            return new ConfigurationFile(path, Path.Combine(currentDirectory, path));
        }
    }
}

/// <summary>One of the files that make up the configuration.</summary>
/// <param name="Name">As messages name it.</param>
/// <param name="FullPath">Absolute.</param>
public sealed record ConfigurationFile(string Name, string FullPath)
{
    /// <summary>Nothing larger is read.</summary>
    public const int LargestBytes = 16 << 20;

    /// <summary>True when it is an error that it does not exist.</summary>
    public bool IsRequired { get; init; }

    /// <summary>True when messages must not repeat its values.</summary>
    public bool IsSecret => Path.GetFileName(FullPath).Contains("secret", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads the file; null when there is none or when it cannot be read, which is then reported.</summary>
    internal ConfigurationText? Read(ProblemList problems)
    {
        try
        {
            if (Directory.Exists(FullPath))
            {
                return Report("is a directory; name a file in it");
            }

            if (RegularFile.HasNoLength(FullPath))
            {
                return IsRequired ? Report("is empty, or no file but a device or a pipe; it needs at least a pipeline under 'pipelines:'") : null;
            }

            using var stream = File.OpenRead(FullPath);
            using var content = new MemoryStream();
            var buffer = new byte[81920];
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                content.Write(buffer, 0, read);
                if (content.Length > LargestBytes)
                {
                    return Report($"is larger than {LargestBytes >> 20} MiB; a configuration is smaller");
                }
            }

            return new ConfigurationText(Name, content.ToArray()) { IsRequired = IsRequired, IsSecret = IsSecret };
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return IsRequired ? Report("does not exist; create it, or name another with -c FILE") : null;
        }
        catch (UnauthorizedAccessException)
        {
            return Report("may not be read by this user; give read permission");
        }
        catch (IOException error)
        {
            return Report($"cannot be read: {error.Message}");
        }

        ConfigurationText? Report(string message)
        {
            problems.Add(new Place(Name, 0, 0), "", message);
            return null;
        }
    }
}
