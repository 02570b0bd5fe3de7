using System.Globalization;
using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>
/// What ffmpeg says of each packet (<c>-dump</c>) and picture (the filter <c>showinfo</c>, once behind the decoder and once before the
/// output) of one connection. It says so before it writes the picture, so by the time that has come its line has been written, too.
/// </summary>
/// <remarks>Lines come from one thread, questions from others. Nothing is allocated per line.</remarks>
internal sealed class DecodedPictures(bool isLive, TimeProvider time, Action onPacket)
{
    /// <summary>Names of the two filters.</summary>
    public const string Decoded = "showinfo@decoded", Given = "showinfo@given";

    private const int Undecided = 64;
    private const string Packet = "[info] stream #", PacketTime = "[info]   dts=", Duration = "[info]   Duration:";

    /// <summary>A line is there long before this; who says nothing of pictures (another program in ffmpeg's place) is not asked again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly DamageTracker _tracker = new();
    private readonly StreamMeter _meter = new(isLive, time);
    private readonly Queue<(double Seconds, PictureDamage Damage)> _decoded = new(Undecided);
    private readonly Queue<(long Number, PictureDamage Damage)> _given = new();
    private readonly long _begin = time.GetTimestamp();
    private TaskCompletionSource? _more;
    private PictureDamage _newest;
    private readonly PacketLog _packets = new();
    private bool _isMute;
    private long _count;
    private long _firstPacketAt;

    /// <summary>Packets of the source so far; 0 where ffmpeg does not speak of them.</summary>
    public long Packets => Interlocked.Read(ref _count);

    /// <summary>Since the first packet.</summary>
    public TimeSpan Age => time.GetElapsedTime(Interlocked.Read(ref _firstPacketAt));

    /// <summary>What the stream is; null when nothing is known of it.</summary>
    public StreamFacts? Stream => _meter.Facts;

    /// <summary>True once a picture has been decoded.</summary>
    public bool HasAny { get; private set; }

    /// <summary>Takes a line of ffmpeg's error output.</summary>
    /// <param name="line">The line.</param>
    /// <param name="rest">What another of ffmpeg's threads wrote behind it before it ended; mostly empty.</param>
    /// <returns>False when it is about something else.</returns>
    public bool Hear(ReadOnlySpan<char> line, out ReadOnlySpan<char> rest)
    {
        rest = default;
        if (line.StartsWith(Packet, StringComparison.Ordinal))
        {
            CountPacket();
            return true;
        }

        if (line.StartsWith("[showinfo@", StringComparison.Ordinal))
        {
            HearOfPicture(line);
            rest = Behind(line);
            return true;
        }

        if (line.StartsWith(PacketTime, StringComparison.Ordinal) && (TryRead(line, " pts=", out var seconds) || TryRead(line, " dts=", out seconds)))
        {
            lock (_gate)
            {
                _packets.SetTime(seconds);
            }

            return true;
        }

        if (line.StartsWith(Duration, StringComparison.Ordinal) && TryRead(line, " start:", out var start))
        {
            _packets.Start = start;
            return true;
        }

        _meter.HearOfStream(line);
        return line.StartsWith("[info]", StringComparison.Ordinal) || line.Contains("] [info] ", StringComparison.Ordinal);
    }

    /// <summary>Something was lost.</summary>
    public void Notice(Loss loss)
    {
        lock (_gate)
        {
            _tracker.Notice(loss == Loss.InNextPicture);
            if (loss != Loss.InNextPicture)
            {
                _packets.Lose(orInNext: loss == Loss.BetweenPackets);
            }
        }
    }

    /// <summary>Whether a picture that has come is damaged.</summary>
    /// <param name="number">Of the picture within the output, from 0; never less than at the call before.</param>
    /// <param name="cancellation">Stops waiting for ffmpeg's line.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<PictureDamage> OfAsync(long number, CancellationToken cancellation)
    {
        while (true)
        {
            Task more;
            lock (_gate)
            {
                while (_given.TryPeek(out var oldest) && oldest.Number < number)
                {
                    _given.Dequeue();
                }

                if (_given.TryPeek(out var given))
                {
                    return given.Damage; // of a later number when ffmpeg repeated one to fill a gap
                }

                if (_isMute)
                {
                    return PictureDamage.None;
                }

                _more ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                more = _more.Task;
            }

            try
            {
                await more.WaitAsync(Patience, time, cancellation);
            }
            catch (TimeoutException)
            {
                _isMute = true;
            }
        }
    }

    private void CountPacket()
    {
        lock (_gate)
        {
            _packets.Add();
        }

        if (Interlocked.Increment(ref _count) == 1)
        {
            Interlocked.Exchange(ref _firstPacketAt, time.GetTimestamp());
        }

        onPacket();
    }

    private void HearOfPicture(ReadOnlySpan<char> line)
    {
        if (!TryRead(line, "] n:", out var number))
        {
            return; // of its colours, or its side data
        }

        var seconds = TryRead(line, " pts_time:", out var value) ? value : 0;
        lock (_gate)
        {
            if (line[1..].StartsWith(Decoded, StringComparison.Ordinal))
            {
                HasAny = true;
                var isKey = line.Contains(" iskey:1", StringComparison.Ordinal);
                _meter.HearOfPicture(line, seconds, isKey);
                var at = isLive ? time.GetElapsedTime(_begin) : TimeSpan.FromSeconds(seconds);
                Hold(seconds, _tracker.Decode(at, isKey && !_packets.IsLossInOrAfter(seconds)));
                return;
            }

            if (!isLive && TryRead(line, " pts:", out var slot))
            {
                number = slot; // counts intervals, as the output does
            }

            Choose(seconds);
            _given.Enqueue(((long)number, _newest));
            _isMute = false;
            _more?.SetResult();
            _more = null;
        }
    }

    private void Hold(double seconds, PictureDamage damage)
    {
        if (_decoded.Count == Undecided)
        {
            _newest = _decoded.Dequeue().Damage;
        }

        _decoded.Enqueue((seconds, damage));
    }

    /// <summary>A camera's newest picture is given at once; a file's is the newest that was due at the time that is given.</summary>
    private void Choose(double seconds)
    {
        while (_decoded.TryPeek(out var next) && (isLive || next.Seconds <= seconds + 1e-4))
        {
            _newest = _decoded.Dequeue().Damage;
        }
    }

    /// <summary>What stands behind a picture's type, the last that is said of it.</summary>
    private static ReadOnlySpan<char> Behind(ReadOnlySpan<char> line)
    {
        const string Type = " type:";
        var at = line.IndexOf(Type, StringComparison.Ordinal);
        return at < 0 ? default : line[Math.Min(line.Length, at + Type.Length + 1)..].Trim();
    }

    private static bool TryRead(ReadOnlySpan<char> line, string key, out double value)
    {
        value = 0;
        var at = line.IndexOf(key, StringComparison.Ordinal);
        if (at < 0)
        {
            return false;
        }

        var rest = line[(at + key.Length)..].TrimStart(' ');
        var end = rest.IndexOfAny(' ', ',');
        return double.TryParse(end < 0 ? rest : rest[..end], NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }
}
