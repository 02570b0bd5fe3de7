using System.Text.Json;
using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Falls;

namespace Ambianic.Server.Analysis;

/// <summary>Writes detections as JSON, one object a line, in the form that users' own tools read.</summary>
/// <remarks>Reuses its buffers: a line allocates nothing. Not for several threads.</remarks>
internal sealed class AnalysisWriter(Stream output) : IDisposable
{
    private readonly BufferedStream _buffered = new(output, 1 << 16);
    private Utf8JsonWriter? _json;
    private long _damagedFrames;
    private long _lastFrame = -1;

    /// <summary>What one element said of one sample.</summary>
    public void WriteSample(string element, Sample sample)
    {
        var json = Begin();
        json.WriteNumber("frame"u8, sample.Frame.Sequence);
        json.WriteNumber("time_s"u8, Math.Round(sample.Frame.Position.TotalSeconds, 3));
        json.WriteString("element"u8, element);
        if (sample.Frame.Damage != PictureDamage.None)
        {
            json.WriteString("damage"u8, sample.Frame.Damage == PictureDamage.Lasting ? "lasting"u8 : "damaged"u8);
            _damagedFrames += sample.Frame.Sequence == _lastFrame ? 0 : 1;
        }

        _lastFrame = sample.Frame.Sequence;
        if (sample.Region is { } region)
        {
            json.WritePropertyName("region"u8);
            WriteBox(json, region);
        }

        WriteDetections(json, sample.Detections);
        End(json);
        foreach (var detection in sample.Detections)
        {
            if (detection.Fall is { } fall)
            {
                WriteFall(sample, detection, fall);
            }
        }
    }

    /// <summary>What one picture shows.</summary>
    public void WritePicture(string file, int width, int height, string model, double inferenceMs, IReadOnlyList<Detection> detections)
    {
        var json = Begin();
        json.WriteString("file"u8, file);
        json.WriteNumber("width"u8, width);
        json.WriteNumber("height"u8, height);
        json.WriteString("model"u8, model);
        json.WriteNumber("inference_ms"u8, Math.Round(inferenceMs, 2));
        WriteDetections(json, detections);
        End(json);
    }

    /// <summary>The last line.</summary>
    public void WriteSummary(long frames, double seconds, double meanInferenceMs, double peakRssMb)
    {
        var json = Begin();
        json.WriteStartObject("summary"u8);
        json.WriteNumber("frames"u8, frames);
        json.WriteNumber("damaged_frames"u8, _damagedFrames);
        json.WriteNumber("seconds"u8, Math.Round(seconds, 3));
        json.WriteNumber("fps"u8, seconds > 0 ? Math.Round(frames / seconds, 2) : 0);
        json.WriteNumber("mean_inference_ms"u8, Math.Round(meanInferenceMs, 3));
        json.WriteNumber("peak_rss_mb"u8, Math.Round(peakRssMb, 1));
        json.WriteEndObject();
        End(json);
    }

    /// <summary>Hands over what is buffered; the stream stays open.</summary>
    public void Dispose()
    {
        _json?.Dispose();
        _buffered.Flush();
    }

    /// <summary>A fall, once more on a line of its own, for those who look for nothing else.</summary>
    private void WriteFall(Sample sample, Detection detection, FallReport fall)
    {
        var json = Begin();
        json.WriteNumber("time_s"u8, Math.Round(sample.Frame.Position.TotalSeconds, 3));
        json.WriteString("label"u8, detection.Label);
        json.WriteNumber("track"u8, fall.Track);
        json.WriteNumber("confidence"u8, Rounded(detection.Confidence));
        json.WriteNumber("leaning_angle"u8, Math.Round(fall.LeaningAngle, 1));
        json.WriteString("state"u8, JsonNamingPolicy.SnakeCaseLower.ConvertName(fall.State.ToString()));
        End(json);
    }

    private static void WriteDetections(Utf8JsonWriter json, IReadOnlyList<Detection> detections)
    {
        json.WriteStartArray("detections"u8);
        foreach (var detection in detections)
        {
            json.WriteStartObject();
            json.WriteString("label"u8, detection.Label);
            json.WriteNumber("confidence"u8, Rounded(detection.Confidence));
            json.WritePropertyName("box"u8);
            WriteBox(json, detection.Box);
            if (detection.Keypoints.Count > 0)
            {
                WriteKeypoints(json, detection.Keypoints);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteBox(Utf8JsonWriter json, Box box)
    {
        json.WriteStartObject();
        json.WriteNumber("xmin"u8, Rounded(box.XMin));
        json.WriteNumber("ymin"u8, Rounded(box.YMin));
        json.WriteNumber("xmax"u8, Rounded(box.XMax));
        json.WriteNumber("ymax"u8, Rounded(box.YMax));
        json.WriteEndObject();
    }

    private static void WriteKeypoints(Utf8JsonWriter json, IReadOnlyList<Keypoint> keypoints)
    {
        json.WriteStartArray("keypoints"u8);
        foreach (var keypoint in keypoints)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, keypoint.Name);
            json.WriteNumber("x"u8, Rounded(keypoint.X));
            json.WriteNumber("y"u8, Rounded(keypoint.Y));
            json.WriteNumber("confidence"u8, Rounded(keypoint.Confidence));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static double Rounded(float value) => Math.Round(value, 4);

    private Utf8JsonWriter Begin()
    {
        _json ??= new Utf8JsonWriter(_buffered);
        _json.Reset(_buffered);
        _json.WriteStartObject();
        return _json;
    }

    private void End(Utf8JsonWriter json)
    {
        json.WriteEndObject();
        json.Flush();
        _buffered.WriteByte((byte)'\n');
    }
}
