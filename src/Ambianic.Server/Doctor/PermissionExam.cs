using System.Runtime.Versioning;
using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Doctor;

/// <summary>Who may read the secrets and the pictures.</summary>
internal static class PermissionExam
{
    private const string Check = "permissions";
    private const UnixFileMode OthersRead = UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode OthersWrite = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

    /// <summary>Files of the data directory that only the program's own user may read.</summary>
    private static readonly string[] Private = [AccessDatabase.FileName, "alerts.db", TlsCertificate.FileName];

    public static IReadOnlyList<Finding> Run(Examination examination) => OperatingSystem.IsWindows() ? [] : RunOnUnix(examination);

    [UnsupportedOSPlatform("windows")]
    private static List<Finding> RunOnUnix(Examination examination)
    {
        List<Finding> findings = [];
        var folder = examination.Settings.DataDir;
        var secrets = FilesWithSecrets(examination).ToList();
        findings.AddRange(secrets.Where(file => IsOpenTo(file, OthersRead)).Select(file => Open(file, "holds passwords and may be read by other users of this computer")));
        findings.AddRange(examination.Configuration.Files.Where(File.Exists).Where(file => IsOpenTo(file, OthersWrite)).Except(secrets)
            .Select(file => Open(file, "may be changed by other users of this computer")));
        if (Directory.Exists(folder))
        {
            findings.AddRange(Private.Select(name => Path.Combine(folder, name)).Where(file => File.Exists(file) && IsOpenTo(file, OthersRead)).Select(file => Open(file, "may be read by other users of this computer")));
            if (File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherWrite))
            {
                findings.Add(Finding.Problem(Check, $"{folder} may be written by every user of this computer", $"chmod o-rwx {Quoted(folder)}"));
            }
            else if (IsReached(folder))
            {
                findings.Add(Finding.Warning(Check, $"the pictures in {folder} may be read by every user of this computer", $"chmod o-rwx {Quoted(folder)}"));
            }
        }

        return findings.Count > 0 ? findings : [Finding.Ok(Check, secrets.Count > 0 ? "other users can read neither secrets nor pictures" : "other users cannot read pictures")];
    }

    private static IEnumerable<string> FilesWithSecrets(Examination examination)
    {
        var named = new[] { examination.Settings.Mqtt.KeyFile, examination.Settings.Ui.Tls.KeyFile }.OfType<string>();
        return examination.Configuration.Files.Where(HoldsSecrets).Concat(named.Where(File.Exists)).Distinct();
    }

    /// <summary>By what masking would take out of it: what is secret of a configuration is known once it has been read.</summary>
    private static bool HoldsSecrets(string file)
    {
        try
        {
            return File.Exists(file)
                && (Path.GetFileName(file).Contains("secret", StringComparison.OrdinalIgnoreCase)
                    || (new FileInfo(file).Length is > 0 and < Ambianic.Configuration.ConfigurationFile.LargestBytes && File.ReadAllText(file) is var text && Credentials.Mask(text) != text));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false; // told by the configuration
        }
    }

    private static Finding Open(string file, string why) => Finding.Warning(Check, $"{file} {why}", $"chmod 600 {Quoted(file)}") with { Subject = Path.GetFileName(file) };

    [UnsupportedOSPlatform("windows")]
    private static bool IsOpenTo(string file, UnixFileMode others) =>
        (File.GetUnixFileMode(file) & others) != 0
        && (Path.GetDirectoryName(file) is not { } folder || (File.GetUnixFileMode(folder) & (UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);

    /// <summary>True when everybody may enter the folder and all above it.</summary>
    [UnsupportedOSPlatform("windows")]
    private static bool IsReached(string folder)
    {
        for (var at = new DirectoryInfo(folder); at is not null; at = at.Parent)
        {
            if (!at.UnixFileMode.HasFlag(UnixFileMode.OtherExecute))
            {
                return false;
            }
        }

        return File.GetUnixFileMode(folder).HasFlag(UnixFileMode.OtherRead);
    }

    private static string Quoted(string path) => path.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('/' or '.' or '-' or '_')) ? $"'{path.Replace("'", @"'\''", StringComparison.Ordinal)}'" : path;
}
