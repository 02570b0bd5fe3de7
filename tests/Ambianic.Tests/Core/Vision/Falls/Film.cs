using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;
using Ambianic.Core.Vision.Falls.Rules;

namespace Ambianic.Tests.Core.Vision.Falls;

/// <summary>Somebody acting, moment by moment: what a pose model would see of it.</summary>
public sealed class Film
{
    public const float Aspect = 16f / 9;
    private readonly List<(double Until, Posture From, Posture To, double Starts, bool Accelerates, Sight Sight)> _scenes = [];
    private Posture _last = Posture.Standing;

    public float X { get; init; } = 0.5f;

    public float Ground { get; init; } = 0.85f;

    public float Height { get; init; } = 0.6f;

    public float Score { get; init; } = 0.6f;

    /// <summary>Picture widths that the person walks in a second.</summary>
    public float Walking { get; init; }

    /// <summary>Picture heights that the feet come down the picture in a second: the person walks towards the camera, and grows by half of that.</summary>
    public float Nearing { get; init; }

    public double Length => _scenes.Count == 0 ? 0 : _scenes[^1].Until;

    public static Film Of(Posture posture, double seconds) => new Film().Hold(posture, seconds);

    public Film Hold(Posture posture, double seconds) => Add(posture, posture, seconds, false, Sight.Clear);

    public Film Hold(double seconds) => Hold(_last, seconds);

    /// <summary>Moves deliberately.</summary>
    public Film Move(Posture to, double seconds) => Add(_last, to, seconds, false, Sight.Clear);

    /// <summary>Moves as gravity does.</summary>
    public Film Fall(Posture to, double seconds) => Add(_last, to, seconds, true, Sight.Clear);

    /// <summary>Is not found by the model.</summary>
    public Film Hide(double seconds) => Add(_last, _last, seconds, false, Sight.None);

    /// <summary>Is found by the model only in a part of the picture, looked at from near.</summary>
    public Film HideFromAfar(double seconds) => Add(_last, _last, seconds, false, Sight.Near);

    /// <summary>What is seen at a time, in the whole picture or from near; null when nothing.</summary>
    public Detection? At(double seconds, bool near = false)
    {
        if (_scenes.Count == 0 || seconds >= Length)
        {
            return null;
        }

        var scene = _scenes.First(scene => seconds < scene.Until);
        var share = (float)((seconds - scene.Starts) / (scene.Until - scene.Starts));
        share = scene.Accelerates ? share * share : share * share * (3 - (2 * share));
        if (scene.Sight == Sight.None || (scene.Sight == Sight.Near && !near))
        {
            return null;
        }

        var way = Nearing * (float)seconds;
        var seen = StickFigure.Draw(
            Posture.Between(scene.From, scene.To, share), X + (Walking * (float)seconds), Ground + way, Height + (way / 2), Aspect, Score);
        return seen.Box.YMin < 0.95f ? seen : null; // else below the picture
    }

    private enum Sight
    {
        None,
        Near,
        Clear,
    }

    private Film Add(Posture from, Posture to, double seconds, bool accelerates, Sight sight)
    {
        _scenes.Add((Length + seconds, from, to, Length, accelerates, sight));
        _last = to;
        return this;
    }
}

/// <summary>Runs films before the eyes of a fall scene.</summary>
internal sealed class Cinema(params Film[] films) : IPoseEstimator
{
    private double _now;

    public FallRule Rule { get; init; } = new();

    /// <summary>What the empty room looks like at a time in seconds: a grey level for the left third and one for the rest.</summary>
    public Func<double, (byte Left, byte Right)> Light { get; init; } = _ => (100, 100);

    /// <summary>Where the medium is at a time, in seconds.</summary>
    public Func<double, double> Position { get; init; } = now => now;

    public IReadOnlyList<Box> RestingZones { get; init; } = [];

    /// <summary>When the element that watches is replaced by another, in seconds.</summary>
    public double ReplacedAt { get; init; } = double.PositiveInfinity;

    /// <summary>Where lying is normal for the other; the same as before by default.</summary>
    public IReadOnlyList<Box>? RestingZonesThen { get; init; }

    /// <summary>Everything that was reported, with its time in seconds.</summary>
    public async Task<List<(double Time, PersonReport Report)>> ShowAsync(double fps, double startsAt = 0)
    {
        var pool = new FramePool();
        var scene = new FallScene(this, Rule, RestingZones);
        List<(double, PersonReport)> all = [];
        var isReplaced = false;
        var length = films.Max(film => film.Length);
        for (var sample = 0; (_now = startsAt + (sample / fps)) < length; sample++)
        {
            if (!isReplaced && _now >= ReplacedAt)
            {
                var memory = scene.Memory;
                (scene, isReplaced) = (new FallScene(this, Rule, RestingZonesThen ?? RestingZones, () => memory), true);
            }

            using var frame = Grey(pool, TimeSpan.FromSeconds(Position(_now)), sample, Light(_now).Right);
            for (var row = 0; row < frame.Height; row++)
            {
                frame.Buffer.Span.Slice(row * frame.Stride(0), frame.Width / 3).Fill(Light(_now).Left);
            }

            all.AddRange((await scene.ObserveAsync(frame, [], TestContext.Current.CancellationToken)).Select(report => (_now, report)));
        }

        Assert.Equal(0, pool.Outstanding);
        return all;
    }

    public async Task<List<string>> LabelsAsync(double fps, double startsAt = 0) =>
        [.. (await ShowAsync(fps, startsAt)).Select(item => item.Report.Label)];

    public static Frame Grey(FramePool pool, TimeSpan position, long sequence = 0, byte luma = 100)
    {
        var frame = pool.Rent(160, 90, PixelFormat.I420, sequence, default, position);
        frame.Buffer.Span.Fill(luma);
        return frame;
    }

    ValueTask<IReadOnlyList<Detection>> IPoseEstimator.EstimateAsync(Frame frame, Box region, int quarters, CancellationToken cancellation) =>
        new(quarters == 0 ? [.. films.Select(film => film.At(_now, near: region != Box.Whole)).OfType<Detection>()] : Array.Empty<Detection>());
}
