namespace Ambianic.Core.Vision.Motion;

/// <summary>
/// What each cell of a quiet picture looks like: its mean and its noise, both followed over time (a running Gaussian average; C. Wren
/// et al., "Pfinder: Real-Time Tracking of the Human Body", PAMI 1997). Automatic exposure changes all cells by the same factor, which
/// is found as the median of all and taken out.
/// </summary>
internal sealed class BackgroundModel(MotionRule rule)
{
    private const float Darkest = 16; // of a cell whose ratio says anything
    private const float StartVariance = 4;
    private const float RatioSteps = 128; // a histogram from 0 to 4, in which is interpolated
    private const float LeastGain = 0.005f; // less is noise
    private const float MovingLearnsSlower = 0.2f;

    private readonly int[] _ratios = new int[(int)(4 * RatioSteps) + 1];
    private float[] _means = [];
    private float[] _variances = [];
    private bool[] _moving = [];

    /// <summary>For each cell whether it moves.</summary>
    public ReadOnlySpan<bool> Moving => _moving;

    /// <summary>Which part of the picture moves, 0 to 1.</summary>
    public float MovingShare { get; private set; }

    /// <summary>Learns a picture from nothing.</summary>
    public void Restart(ReadOnlySpan<float> cells)
    {
        if (_means.Length != cells.Length)
        {
            (_means, _variances, _moving) = (new float[cells.Length], new float[cells.Length], new bool[cells.Length]);
        }

        cells.CopyTo(_means);
        Array.Fill(_variances, StartVariance);
        Array.Clear(_moving);
        MovingShare = 0;
    }

    /// <summary>Compares a picture with the background, and learns from it.</summary>
    /// <param name="cells">As many as were given to <see cref="Restart"/>.</param>
    /// <param name="ignored">As many: those that never move.</param>
    /// <param name="seconds">Since the picture before.</param>
    public void Observe(ReadOnlySpan<float> cells, ReadOnlySpan<bool> ignored, float seconds)
    {
        var gain = Gain(cells);
        var (learn, noise) = (Rate(seconds, rule.LearningSeconds), Rate(seconds, rule.NoiseSeconds));
        var moving = 0;
        for (var i = 0; i < cells.Length; i++)
        {
            var mean = _means[i] * gain;
            var difference = cells[i] - mean;
            var limit = MathF.Max(rule.LeastDifference, rule.Deviations * MathF.Sqrt(_variances[i]));
            var moves = MathF.Abs(difference) > limit && !ignored[i];
            moving += moves ? 1 : 0;
            _moving[i] = moves;
            _means[i] = mean + (difference * (moves ? learn * MovingLearnsSlower : learn));
            var bounded = MathF.Min(MathF.Abs(difference), 2 * limit); // somebody who passes is not noise
            _variances[i] += noise * ((bounded * bounded) - _variances[i]);
        }

        MovingShare = (float)moving / cells.Length;
    }

    private static float Rate(float seconds, float constant) => 1 - MathF.Exp(-seconds / constant);

    /// <summary>By what the whole picture became brighter: 1 when it did not.</summary>
    private float Gain(ReadOnlySpan<float> cells)
    {
        Array.Clear(_ratios);
        var count = 0;
        for (var i = 0; i < cells.Length; i++)
        {
            if (_means[i] >= Darkest)
            {
                _ratios[Math.Min(_ratios.Length - 1, (int)((cells[i] / _means[i] * RatioSteps) + 0.5f))]++;
                count++;
            }
        }

        if (count < cells.Length / 4)
        {
            return 1; // too dark to say
        }

        var (step, below) = (0, 0);
        while (below + _ratios[step] <= count / 2)
        {
            below += _ratios[step++];
        }

        var median = (step - 0.5f + (((count / 2f) - below) / _ratios[step])) / RatioSteps;
        return MathF.Abs(median - 1) < LeastGain ? 1 : median;
    }
}
