using System.Globalization;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Doctor;

/// <summary>Whether the data directory can be written, how fast, and how much room there is.</summary>
internal static class DiskExam
{
    private const string Check = "disk";
    private const int Syncs = 20;
    private const int Block = 4096;
    private const int Large = 16 << 20;
    private const double SlowSyncMilliseconds = 200; // an event is five or more
    private const double SlowMegabytes = 2;
    private const long LittleRoom = 1L << 30;
    private const long NoRoom = 100L << 20;

    private static readonly string[] Passing = ["tmpfs", "ramfs", "overlay", "overlayfs"];
    private static readonly string[] Remote = ["nfs", "nfs4", "cifs", "smb", "smbfs", "fuse.sshfs"];

    public static async Task<IReadOnlyList<Finding>> RunAsync(Examination examination, CancellationToken cancellation)
    {
        var folder = examination.Settings.DataDir;
        var isThere = Directory.Exists(folder);
        var place = isThere ? folder : NearestExisting(folder);
        List<Finding> findings = [.. Room(place, examination.Settings.Retention.MaxSizeMb)];
        if (!isThere)
        {
            findings.Add(Finding.Ok(Check, $"{folder} does not exist yet; 'run' creates it"));
        }

        findings.Add(await Task.Run(() => Measure(place, examination.Time, cancellation), cancellation));
        return findings;
    }

    private static string NearestExisting(string folder)
    {
        var at = folder;
        while (!Directory.Exists(at))
        {
            at = Path.GetDirectoryName(at) ?? "/";
        }

        return at;
    }

    private static IEnumerable<Finding> Room(string folder, double mostMegabytes)
    {
        var drive = new DriveInfo(folder);
        var (free, size) = (drive.AvailableFreeSpace, drive.TotalSize);
        var values = new JsonObject { ["path"] = folder, ["free_bytes"] = free, ["size_bytes"] = size, ["file_system"] = drive.DriveFormat };
        var said = $"{Text(free)} of {Text(size)} free ({drive.DriveFormat}) in {folder}";
        yield return free < NoRoom ? Finding.Problem(Check, said, "make room, or set retention.max_size_mb and max_age_days: events cannot be stored on a full disk") with { Values = values }
            : free < LittleRoom ? Finding.Warning(Check, said, "make room, or set retention.max_size_mb") with { Values = values }
            : mostMegabytes * 1e6 > size ? Finding.Warning(Check, $"{said}; retention.max_size_mb allows more than the whole disk has", "set retention.max_size_mb below the size of the disk") with { Values = values }
            : Finding.Ok(Check, said) with { Values = values };
        if (Passing.Contains(drive.DriveFormat))
        {
            yield return Finding.Warning(Check, $"{folder} is on {drive.DriveFormat}: what is stored there is lost when the computer or the container starts again", "put data_dir on a disk or, in a container, on a volume");
        }
        else if (Remote.Contains(drive.DriveFormat))
        {
            yield return Finding.Warning(Check, $"{folder} is on another computer ({drive.DriveFormat}): its databases may be damaged when the network fails", "put data_dir on a disk of this computer");
        }
    }

    private static Finding Measure(string folder, TimeProvider time, CancellationToken cancellation)
    {
        var path = Path.Combine(folder, $".ambianic-doctor-{Environment.ProcessId}");
        try
        {
            using var file = new FileStream(path, new FileStreamOptions
            {
                Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0, Options = FileOptions.DeleteOnClose,
            });
            var block = new byte[Block];
            var times = new double[Syncs];
            for (var index = 0; index < Syncs; index++)
            {
                cancellation.ThrowIfCancellationRequested();
                Random.Shared.NextBytes(block); // so that no disk can leave it out
                var begin = time.GetTimestamp();
                file.Write(block);
                file.Flush(flushToDisk: true);
                times[index] = time.GetElapsedTime(begin).TotalMilliseconds;
            }

            Array.Sort(times);
            var (median, worst) = (times[Syncs / 2], times[^1]);
            var large = new byte[Large];
            Random.Shared.NextBytes(large);
            var started = time.GetTimestamp();
            file.Write(large);
            file.Flush(flushToDisk: true);
            var speed = large.Length / 1e6 / Math.Max(1e-6, time.GetElapsedTime(started).TotalSeconds);
            var values = new JsonObject { ["path"] = folder, ["fsync_median_ms"] = Math.Round(median, 2), ["fsync_worst_ms"] = Math.Round(worst, 2), ["write_mb_per_s"] = Math.Round(speed, 1) };
            var said = string.Create(CultureInfo.InvariantCulture, $"fsync {median:0.0} ms (worst {worst:0.0}), writes {speed:0} MB/s");
            return (median > SlowSyncMilliseconds || speed < SlowMegabytes
                ? Finding.Warning(Check, $"slow: {said}", "events come late and pile up; use an SSD, or a better SD card or network")
                : Finding.Ok(Check, said)) with { Values = values };
        }
        catch (UnauthorizedAccessException)
        {
            return Finding.Problem(Check, $"this user may not write in {folder}", $"run this command as the user that runs Ambianic (sudo -u ambianic ...), or give that user the folder: sudo chown -R ambianic {folder}");
        }
        catch (IOException error)
        {
            return Finding.Problem(Check, $"{folder} cannot be written: {error.Message}", "make room, or replace the disk; until then nothing that happens is stored");
        }
    }

    private static string Text(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:0.0} GB");
}
