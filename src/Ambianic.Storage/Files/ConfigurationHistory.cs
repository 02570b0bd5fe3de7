using System.Globalization;
using System.Text;

namespace Ambianic.Storage.Files;

/// <summary>
/// Earlier contents of the configuration file that the program writes, each kept before it was replaced: files with mode 600, whose first
/// line says when and by whom. The newest 50 are kept. For one writer at a time; may be read meanwhile.
/// </summary>
/// <param name="folder">Absolute; made with the first version.</param>
/// <param name="time">Clock.</param>
public sealed class ConfigurationHistory(string folder, TimeProvider time)
{
    /// <summary>Its name within the data directory.</summary>
    public const string FolderName = "config-history";

    /// <summary>Versions that are kept.</summary>
    public const int Most = 50;

    private const string Suffix = ".yaml";
    private const string Heading = "# ambianic version ";
    private const int LongestHeading = 1000;

    /// <summary>Keeps a content; when it returns, that survives a loss of power. One that equals the newest version is there already.</summary>
    /// <param name="content">All of it.</param>
    /// <param name="by">Who replaces it.</param>
    /// <exception cref="IOException">It could not be kept; the message says what to do.</exception>
    public void Add(ReadOnlyMemory<byte> content, string by)
    {
        var numbers = Numbers();
        if (numbers is [var newest, ..] && Find(newest) is { } known && known.Content.Span.SequenceEqual(content.Span))
        {
            return;
        }

        var number = numbers is [var last, ..] ? last + 1 : 1;
        var heading = Encoding.UTF8.GetBytes($"{Heading}{time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)} {Uri.EscapeDataString(by.Length > 100 ? by[..100] : by)}\n");
        EnsureFolder();
        PrivateFile.Replace(PathOf(number), (byte[])[.. heading, .. content.Span]);
        foreach (var old in numbers.Skip(Most - 1))
        {
            File.Delete(PathOf(old));
        }
    }

    /// <summary>All versions, the newest first. One that cannot be read is left out.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public IReadOnlyList<ConfigurationVersion> All() => [.. Numbers().Select(Find).OfType<ConfigurationVersion>()];

    /// <summary>A version; null when there is none of this number.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public ConfigurationVersion? Find(long number)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(PathOf(number));
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (UnauthorizedAccessException error)
        {
            throw StorageFailure.At(PathOf(number), error);
        }

        var end = bytes.AsSpan(0, Math.Min(bytes.Length, LongestHeading)).IndexOf((byte)'\n');
        return end > 0 && Encoding.UTF8.GetString(bytes, 0, end) is var line && line.StartsWith(Heading, StringComparison.Ordinal)
            && line[Heading.Length..].Split(' ', 2) is [var at, var by]
            && DateTimeOffset.TryParseExact(at, "O", CultureInfo.InvariantCulture, DateTimeStyles.None, out var replacedAt)
            ? new ConfigurationVersion(number, replacedAt, Uri.UnescapeDataString(by), bytes.AsMemory(end + 1))
            : null;
    }

    private string PathOf(long number) => Path.Combine(folder, number.ToString("D8", CultureInfo.InvariantCulture) + Suffix);

    /// <summary>The newest first.</summary>
    private List<long> Numbers()
    {
        try
        {
            return [.. Directory.EnumerateFiles(folder, "*" + Suffix)
                .Select(path => long.TryParse(Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
                .Where(number => number > 0)
                .OrderDescending()];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
        catch (UnauthorizedAccessException error)
        {
            throw StorageFailure.At(folder, error);
        }
    }

    private void EnsureFolder()
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        try
        {
            DurableFiles.EnsureFolder(folder);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
        catch (UnauthorizedAccessException error)
        {
            throw StorageFailure.At(folder, error);
        }
    }
}

/// <summary>An earlier content of a configuration file.</summary>
/// <param name="Number">From 1; a later version has a greater one.</param>
/// <param name="ReplacedAt">When it was replaced.</param>
/// <param name="ReplacedBy">By whom, for people.</param>
/// <param name="Content">All of it. Holds secrets.</param>
public sealed record ConfigurationVersion(long Number, DateTimeOffset ReplacedAt, string ReplacedBy, ReadOnlyMemory<byte> Content);
