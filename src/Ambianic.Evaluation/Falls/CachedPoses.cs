using System.Globalization;
using System.Text.Json;
using Ambianic.Core.Frames;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Evaluation.Falls;

/// <summary>Runs the model once for each region of a frame and caches the poses in a file, so that a rule can be measured again in seconds.</summary>
/// <param name="estimator">Estimates what is not in the file.</param>
/// <param name="path">The file; created when missing.</param>
internal sealed class CachedPoses(IPoseEstimator estimator, string path) : IPoseEstimator
{
    private readonly Dictionary<string, IReadOnlyList<Detection>> _answers = Load(path);
    private bool _changed;

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Detection>> EstimateAsync(
        Frame frame, Box region, int quarters, CancellationToken cancellation)
    {
        var key = string.Create(
            CultureInfo.InvariantCulture,
            $"{frame.Sequence} {region.XMin:0.###} {region.YMin:0.###} {region.XMax:0.###} {region.YMax:0.###} {quarters}");
        if (!_answers.TryGetValue(key, out var answer))
        {
            _answers[key] = answer = await estimator.EstimateAsync(frame, region, quarters, cancellation);
            _changed = true;
        }

        return answer;
    }

    /// <summary>Name of the cache file for a model and a clip. It changes with the size and the modification time of the clip.</summary>
    public static string FileFor(LabelledClip clip, string model)
    {
        var file = new FileInfo(clip.Path);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{clip.Name.Replace('/', '_')}-{model}-{file.Length:x}-{file.LastWriteTimeUtc.Ticks:x}.json");
    }

    /// <summary>Writes the file if there is something new.</summary>
    public void Save()
    {
        if (_changed)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, JsonSerializer.SerializeToUtf8Bytes(_answers));
            _changed = false;
        }
    }

    private static Dictionary<string, IReadOnlyList<Detection>> Load(string path)
    {
        try
        {
            return File.Exists(path) ? JsonSerializer.Deserialize<Dictionary<string, IReadOnlyList<Detection>>>(File.ReadAllBytes(path)) ?? [] : [];
        }
        catch (JsonException)
        {
            return []; // cut off, or of another program: the model runs again
        }
    }
}
