using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Core.Configuration;
using Ambianic.Core.Frames;
using Ambianic.Media;
using Ambianic.Media.Pictures;
using Ambianic.Storage.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Server.Doctor;

/// <summary>Each source, read as 'run' reads it: all at once, at most 20 s each.</summary>
internal static partial class CameraExam
{
    private const string Check = "camera";
    private const double RareKeyFrames = 10; // seconds; a picture after a reconnection takes that long
    private const double MostDamaged = 5; // per cent
    private const int LongestName = 100;

    /// <summary>Words of a source about a device that only one program can read.</summary>
    private const string InUse = "another program uses the camera";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    /// <summary>How long a source is watched that has shown all there is to know.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(4);

    private static readonly string[] Transports = ["rtsp", "rtsps"];

    public static async Task<IReadOnlyList<Finding>> RunAsync(Examination examination, CancellationToken cancellation)
    {
        var settings = examination.Settings;
        var sources = settings.Sources.Values
            .Concat(settings.Pipelines.Select(pipeline => pipeline.Source).OfType<SourceOptions>())
            .Where(source => source.Uri.Length > 0 && source.Type != SourceType.Audio)
            .DistinctBy(source => source.Id)
            .ToList();
        if (sources.Count == 0)
        {
            return [Finding.Warning(Check, "no source is configured", "add one: docs/guide/first-camera.md")];
        }

        if (examination.Pictures is { } pictures)
        {
            CreateFolder(pictures);
        }

        var factory = new FrameSources(new FramePool(), CertificatePins.In(settings.DataDir, isReadOnly: true), examination.Time, NullLoggerFactory.Instance);
        return await Task.WhenAll(sources.Select(source => Task.Run(() => ExamineAsync(source, factory, examination, cancellation), cancellation)));
    }

    /// <summary>For its owner alone, when it is new.</summary>
    private static void CreateFolder(string pictures)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(pictures);
        }
        else
        {
            Directory.CreateDirectory(pictures, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static async Task<Finding> ExamineAsync(SourceOptions options, FrameSources factory, Examination examination, CancellationToken cancellation)
    {
        var seen = new SeenPictures(examination.Time);
        using var limit = new CancellationTokenSource(Limit, examination.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        IFrameSource? source = null;
        string? fault = null;
        try
        {
            source = factory.Create(options);
            await foreach (var frame in source.ReadAsync(either.Token))
            {
                using (frame)
                {
                    seen.Add(frame);
                    if (seen.Age >= Enough && source.Stream is null or { KeyFrameSeconds: not null })
                    {
                        break;
                    }
                }
            }
        }
        catch (SourceException error)
        {
            fault = Reason(error.Message, options.Id);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            fault = seen.Count > 0 ? null : $"no picture within {Limit.TotalSeconds:0} s{(source?.Status.Fault is { } why ? $": {why}" : "")}";
        }

        return Judge(options, seen, source, fault, examination.Pictures) with { Subject = options.Id };
    }

    private static Finding Judge(SourceOptions options, SeenPictures seen, IFrameSource? source, string? fault, string? folder)
    {
        if (fault is not null && (seen.Count == 0 || source is not { IsLive: false }))
        {
            return SourceAddress.IsLocalCamera(options.Uri) && fault.Contains(InUse, StringComparison.Ordinal)
                ? Finding.Warning(Check, fault, "when that is Ambianic itself, all is well: see its health; else end the other program")
                : Finding.Problem(Check, fault, "docs/guide/troubleshooting.md, \"No picture\", says what can be tried");
        }

        if (seen.Count == 0)
        {
            return Finding.Problem(Check, "it gave no picture", "look at its uri with another program, for example ffplay or VLC");
        }

        var stream = source?.Stream;
        var (width, height) = stream is { Width: > 0 } ? (stream.Width, stream.Height) : (seen.Width, seen.Height);
        var fps = stream?.Fps ?? seen.Fps;
        var values = new JsonObject
        {
            ["codec"] = stream?.Codec ?? seen.Codec,
            ["width"] = width,
            ["height"] = height,
            ["fps"] = fps is { } rate ? Math.Round(rate, 1) : null,
            ["key_frame_seconds"] = stream?.KeyFrameSeconds is { } distance ? Math.Round(distance, 2) : null,
            ["first_picture_ms"] = Math.Round(seen.FirstAfter.TotalMilliseconds),
        };
        var said = string.Create(CultureInfo.InvariantCulture, $"{values["codec"]} {width}x{height}{(fps is { } a ? $", {a:0.#} fps" : "")}")
            + (stream is null ? "" : stream.KeyFrameSeconds is { } b ? string.Create(CultureInfo.InvariantCulture, $", a key frame every {b:0.#} s") : source!.IsLive ? ", no second key frame while it was watched" : "")
            + string.Create(CultureInfo.InvariantCulture, $", first picture after {seen.FirstAfter.TotalSeconds:0.0} s");
        if (folder is not null)
        {
            var file = Path.Combine(folder, FileName(options.Id));
            PrivateFile.Replace(Path.GetFullPath(file), seen.Jpeg());
            (said, values["picture"]) = ($"{said}; {file}", file);
        }

        return Judge(options, source, stream, fps, said) with { Values = values };
    }

    private static Finding Judge(SourceOptions options, IFrameSource? source, StreamDetails? stream, double? fps, string said) =>
        source is { IsLive: true } && stream is { KeyFrameSeconds: null or > RareKeyFrames } && stream.Codec is not ("mjpeg" or "jpeg" or "png")
            ? Finding.Warning(Check, said, "set a shorter key frame (I-frame) interval in the camera, 1 to 4 s: after each interruption no picture comes before the next one")
        : source?.Status is { DamagedPercent: > MostDamaged, Fault: { } damage } ? Finding.Warning(Check, $"{said}; {damage}", Transports.Contains(SourceAddress.SchemeOf(options.Uri)) ? "a cable, a lower bit rate, or transport: tcp" : "a cable, or a lower bit rate")
        : source is { IsLive: true } && options.Fps is { } wanted && fps < wanted * 0.7
            ? Finding.Warning(Check, $"{said}; fps: {wanted.ToString(CultureInfo.InvariantCulture)} is asked for", "set the camera's frame rate higher, or fps lower")
        : Finding.Ok(Check, said);

    /// <summary>Without the name of the source, which stands before it.</summary>
    private static string Reason(string message, string id) =>
        message.StartsWith($"source {id}: ", StringComparison.Ordinal) ? message[$"source {id}: ".Length..] : message;

    /// <summary>What is no letter, digit, point or hyphen may not be in a file's name; and an address in an id stays masked.</summary>
    private static string FileName(string id)
    {
        var name = UnusualRegex().Replace(Credentials.MaskName(id), "_").Trim('.', '_');
        return $"{(name.Length == 0 ? "camera" : name[..Math.Min(name.Length, LongestName)])}.jpg";
    }

    [GeneratedRegex(@"[^\w.\-]+")]
    private static partial Regex UnusualRegex();

    /// <summary>The pictures that came of a source; keeps the newest as JPEG.</summary>
    private sealed class SeenPictures(TimeProvider time)
    {
        private static readonly EventPictureEncoder Encoder = new();
        private readonly long _begin = time.GetTimestamp();
        private long _firstAt;
        private long _lastAt;
        private byte[]? _jpeg;

        public long Count { get; private set; }

        public int Width { get; private set; }

        public int Height { get; private set; }

        /// <summary>Pictures that are not decoded by ffmpeg are RGBA of JPEG or PNG.</summary>
        public string Codec { get; private set; } = "video";

        public TimeSpan FirstAfter => time.GetElapsedTime(_begin, _firstAt);

        public TimeSpan Age => time.GetElapsedTime(_firstAt);

        public double? Fps => Count > 1 && _lastAt > _firstAt ? (Count - 1) / time.GetElapsedTime(_firstAt, _lastAt).TotalSeconds : null;

        public void Add(Frame frame)
        {
            _lastAt = time.GetTimestamp();
            _firstAt = Count++ == 0 ? _lastAt : _firstAt;
            (Width, Height, Codec) = (frame.Width, frame.Height, frame.Format == PixelFormat.Rgba32 ? "jpeg" : "video");
            if (_jpeg is null || frame.Damage == PictureDamage.None)
            {
                _jpeg = Encoder.Encode(frame);
            }
        }

        public byte[] Jpeg() => _jpeg!;
    }
}
