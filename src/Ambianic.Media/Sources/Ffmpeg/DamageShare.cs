using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Ffmpeg;

/// <summary>Which part of a source's pictures was damaged in the last minute. Safe to use from several threads.</summary>
internal sealed class DamageShare(TimeProvider time)
{
    /// <summary>One lost packet now and then is usual on a radio link; this much is not, and a viewer sees it.</summary>
    private const double WorthTelling = 5;

    /// <summary>So that a share about that limit is not told of again and again.</summary>
    private const double Over = 1;

    /// <summary>Parts of the minute that must hold damaged pictures: one loss spoils up to four where key frames are 30 s apart.</summary>
    private const int LastingParts = 5;

    private const int Parts = 6;
    private const int SecondsPerPart = 60 / Parts;

    private readonly Lock _gate = new();
    private readonly (long Part, int All, int Damaged)[] _parts = new (long, int, int)[Parts];
    private readonly long _begin = time.GetTimestamp();

    /// <summary>0 to 100; 0 without pictures.</summary>
    public double Percent => Sum().Percent;

    /// <summary>True when the damage is worth telling and not of one moment alone.</summary>
    public bool IsLasting => Sum() is { Percent: >= WorthTelling, DamagedParts: >= LastingParts };

    /// <summary>True when hardly any picture is damaged.</summary>
    public bool IsOver => Percent < Over;

    /// <summary>Counts a picture.</summary>
    public void Add(PictureDamage damage)
    {
        lock (_gate)
        {
            var now = Now;
            ref var part = ref _parts[now % Parts];
            if (part.Part != now)
            {
                part = (now, 0, 0);
            }

            part.All++;
            part.Damaged += damage == PictureDamage.None ? 0 : 1;
        }
    }

    /// <summary>Number of the present part, from 1.</summary>
    private long Now => 1 + ((long)time.GetElapsedTime(_begin).TotalSeconds / SecondsPerPart);

    private (double Percent, int DamagedParts) Sum()
    {
        lock (_gate)
        {
            var oldest = Now - Parts;
            var (all, damaged, parts) = (0, 0, 0);
            foreach (var part in _parts)
            {
                if (part.Part > oldest)
                {
                    all += part.All;
                    damaged += part.Damaged;
                    parts += part.Damaged > 0 ? 1 : 0;
                }
            }

            return (all == 0 ? 0 : 100.0 * damaged / all, parts);
        }
    }
}
