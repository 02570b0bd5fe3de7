namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>
/// The newest packets of one stream, and where something was lost among them. A decoder shows a picture later than it takes its packet, in
/// another order, so whether a loss was before or behind the packet of a picture is known by its time only.
/// </summary>
internal sealed class PacketLog
{
    /// <summary>More than any decoder holds back: 16 pictures (H.264, A.3.1), and some threads.</summary>
    private const int Kept = 64;

    /// <summary>How many packets ago a picture came whose time is that of none, because a clock has jumped: more than cameras hold back.</summary>
    private const int UsualDelay = 8;

    /// <summary>Seconds; ffmpeg writes a packet's time in thousandths.</summary>
    private const double Rounding = 0.002;

    private readonly double[] _times = new double[Kept];
    private long _lost = -1;

    /// <summary>Packets so far.</summary>
    public long Count { get; private set; }

    /// <summary>Time of the stream's first packet, in seconds; pictures count from there.</summary>
    public double Start { get; set; }

    /// <summary>A packet has been taken.</summary>
    public void Add()
    {
        _times[Count % Kept] = double.NaN;
        Count++;
    }

    /// <summary>Says when the newest packet is to be shown, in seconds.</summary>
    public void SetTime(double seconds)
    {
        if (Count > 0)
        {
            _times[(Count - 1) % Kept] = seconds;
        }
    }

    /// <summary>Something was lost in the newest packet, or in the next.</summary>
    public void Lose(bool orInNext) => _lost = Math.Max(_lost, orInNext ? Count : Count - 1);

    /// <summary>True when something was lost in the packet of a picture or in a later one.</summary>
    /// <param name="seconds">Time of the picture.</param>
    public bool IsLossInOrAfter(double seconds) => _lost >= Find(seconds);

    private long Find(double seconds)
    {
        for (var index = Count - 1; index >= Math.Max(0, Count - Kept); index--)
        {
            if (Math.Abs(_times[index % Kept] - Start - seconds) < Rounding)
            {
                return index;
            }
        }

        return Math.Max(0, Count - UsualDelay);
    }
}
