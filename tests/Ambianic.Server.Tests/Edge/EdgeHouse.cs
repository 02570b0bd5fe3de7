using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Tests;
using Ambianic.Tests.Messaging;
using SkiaSharp;

namespace Ambianic.Server.Tests.Edge;

/// <summary>The program as a user of Ambianic Edge starts it: with that system's configuration, data directory and variables.</summary>
public sealed class EdgeHouse : IAsyncLifetime
{
    private const int Events = 6;

    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingServer _webhook = new();
    private AmbianicProgram? _program;
    private HttpClient? _client;

    internal HttpClient Client => _client!;

    internal RecordingServer Webhook => _webhook;

    internal string Saved => File.Exists(_directory["saved.yaml"]) ? File.ReadAllText(_directory["saved.yaml"]) : "";

    /// <summary>The thumbnail of the newest event, as its file is.</summary>
    internal byte[] Thumbnail { get; } = Picture();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        File.WriteAllText(_directory["config.yaml"], $$$"""
            VERSION: '2021.08.30.test'
            data_dir: ./data
            logging: {file: ./data/ambianic-log.txt, level: INFO, console_level: WARNING}
            api: {allow_local_sources: true}
            timeline: {event_log: ./data/timeline-event-log.yaml}
            notifications:
              default:
                enabled: true
                providers: ["json://{{{_webhook.Authority}}}/notify"]
            sources:
              recorded_cam_feed: {uri: file:///workspace/recorded.mkv, type: video}
            ai_models:
              image_detection: {model: {tflite: ai_models/mobilenet_ssd_v2_coco_quant_postprocess.tflite}}
            pipelines:
              area_watch:
                - source: recorded_cam_feed
                - save_detections: {positive_interval: 300, idle_interval: 6000}
            """);
        for (var number = 1; number <= Events; number++)
        {
            WriteEvent(number);
        }

        _program = AmbianicProgram.StartWith(
            _directory.Path,
            new Dictionary<string, string>
            {
                ["AMBIANIC_CONFIG_FILES"] = $"{_directory["config.yaml"]},{_directory["saved.yaml"]}",
                ["AMBIANIC_SAVE_CONFIG_TO"] = _directory["saved.yaml"],
                ["AMBIANIC_DIR"] = "",
            },
            "run", "--port", "0");
        _client = new HttpClient { BaseAddress = await _program.AddressAsync(Cancellation), Timeout = Eventually.Patience };
        for (var looks = 0; (await GetAsync("/api/timeline?page_size=100"))!["timeline"]!.AsArray().Count < Events; looks++)
        {
            Assert.True(looks < 1000, "the events of the data directory did not appear"); // they are read in the background
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_program is not null)
        {
            await _program.DisposeAsync();
        }

        await _webhook.DisposeAsync();
        _directory.Dispose();
    }

    internal async Task<JsonNode?> GetAsync(string path) => await Client.GetFromJsonAsync<JsonNode>(path, Cancellation);

    internal async Task<(int Status, JsonNode? Body)> CallAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Client.SendAsync(request, Cancellation);
        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    /// <summary>As Ambianic Edge stores it; the last one is a fall.</summary>
    private void WriteEvent(int number)
    {
        var (folder, name) = ($"20210501-10000{number}.000000", $"20210501-10000{number}.500000");
        Directory.CreateDirectory(_directory[$"data/detections/{folder}"]);
        var found = number == Events
            ? """{"label": "FALL", "confidence": 0.71, "leaning_angle": 62.5, "keypoint_corr": {"left shoulder": [12, 20], "left hip": [30.5, 22], "right shoulder": null, "right hip": null}}"""
            : """{"label": "person", "confidence": 0.98, "box": {"xmin": 0.1, "ymin": 0.2, "xmax": 0.3, "ymax": 0.4}}""";
        File.WriteAllText(_directory[$"data/detections/{folder}/{name}-inference.json"], $$$"""
            {"id": "{{{number:x32}}}", "datetime": "2021-05-01T10:00:0{{{number}}}.500000", "image_file_name": "{{{name}}}-image.jpg",
             "thumbnail_file_name": "{{{name}}}-thumbnail.jpg", "json_file_name": "{{{name}}}-inference.json", "rel_dir": "detections/{{{folder}}}",
             "inference_result": [{{{found}}}], "inference_meta": {"display": "{{{(number == Events ? "Fall Detection" : "Object Detection")}}}"}}
            """);
        File.WriteAllBytes(_directory[$"data/detections/{folder}/{name}-image.jpg"], Thumbnail);
        File.WriteAllBytes(_directory[$"data/detections/{folder}/{name}-thumbnail.jpg"], Thumbnail);
    }

    private static byte[] Picture()
    {
        using var bitmap = new SKBitmap(64, 36);
        using var image = SKImage.FromBitmap(bitmap);
        using var data = image.Encode(SKEncodedImageFormat.Jpeg, 90);
        return data.ToArray();
    }
}
