using System.Globalization;

namespace Ambianic.Server.Tests.Secrets;

/// <summary>A configuration with one secret in it, made by chance: where it stands, how it is written, and what is broken around it.</summary>
internal sealed record SecretPlace
{
    private const string Letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    private static readonly string[] Odd = ["#", "/", "?", "@", ":", "%", "&", "+", "=", "$", "!", "'", "_", "-", ";", "^", "~", " "];
    private static readonly string[] Parameters =
        ["loginpas", "pwd", "psw", "passwd", "p", "usr", "user", "auth", "token", "key", "password", "access_code", "sid", "x"];

    /// <summary>How the place is written: <c>{s}</c> the secret as it is, <c>{e}</c> percent-encoded, <c>{a}</c> its first letters and digits, <c>{n}</c> a number, <c>{q}</c> the name of a parameter.</summary>
    private static readonly string[] Uris =
    [
        "rtsp://admin:{e}@127.0.0.1:9/cam",
        "RTSP://admin:{e}@127.0.0.1:9/cam",
        "http://admin:{e}@127.0.0.1:9/cam.mjpg",
        "rtmp://admin:{e}@127.0.0.1:9/live",
        "tcp://{a}:{e}@127.0.0.1:9",
        "rtsp://admin:{s}@127.0.0.1:9/cam",
        "admin:{s}@127.0.0.1:9/cam",
        "admin:{e}@127.0.0.1:9/cam",
        "rtsp: // admin:{s}@127.0.0.1: 9 / cam",
        "rtsp:/admin:{s}@127.0.0.1:9/cam",
        "rtsp//admin:{s}@127.0.0.1:9/cam",
        "rtsp;//admin:{s}@127.0.0.1:9/cam",
        "onvif://admin:{e}@127.0.0.1:9/cam",
        "rtps://admin:{e}@127.0.0.1:9/cam",
        "rtsp://admin:{e}@127.0.0.1:99999/cam",
        "rtsp://admin:{e}@127.0.0.1:port/cam",
        "http://127.0.0.1:9/videostream.cgi?loginuse=admin&{q}={e}",
        "http://127.0.0.1:9/snap.jpg?{q}={e}&channel=1",
        "rtsp://127.0.0.1:9/cam?channel=1&{q}={e}&subtype=0",
        "rtsp://127.0.0.1:9/user=admin_password={a}_channel=1_stream=0.sdp",
        "rtsp://127.0.0.1:9/user=admin&password={e}&channel=1.sdp",
        "rtsp://127.0.0.1:9/A7{a}z?enableSrtp",
        "rtsp://127.0.0.1:9/cam#{e}",
        "rtsp://127.0.0.1:9/cam?{e}",
        "srt://127.0.0.1:9?passphrase={e}&mode=caller",
    ];

    private static readonly string[] Broken =
    [
        "password: {s}: x\n  y: [\n",
        "password: {s}\n\turi: x\n",
        "sources:\n  a: {uri: \"rtsp://admin:{a}@127.0.0.1:9/x}\n",
        "sources:\n  a: {uri: rtsp://admin:{a}@127.0.0.1:9/x, live: true\npipelines: [\n",
        "mqtt_password: *{a}\n",
        "mqtt_password: !{a}\n",
        "mqtt_password: &{a}\n",
        "mqtt_password: %{a}\n",
        "mqtt_password: @{a}\n",
        "mqtt_password: `{a}`\n",
        "mqtt_password: \"{a}\\q\"\n",
        "mqtt_password: |2x{a}\n  z\n",
        "notifications: {default: {providers: [*{a}]}}\n",
        "notifications: {default: {providers: [!{a} x]}}\n",
        "notifications: {default: {providers: {{a}: x}}}\n",
        "rtsp://admin:{a}@127.0.0.1:9/x\n",
        "- rtsp://admin:{a}@127.0.0.1:9/x\n",
        "sources: rtsp://admin:{a}@127.0.0.1:9/x\n",
        "sources: {a: 'rtsp://admin:{e}@127.0.0.1:9/x'}\n",
        "sources: {a: {uri: ['rtsp://admin:{e}@127.0.0.1:9/x']}}\n",
        "sources: {a: {uri: {'rtsp://admin:{e}@127.0.0.1:9/x': 1}}}\n",
        "sources: {a: {uri: rtsp://cam/1, fps: 'rtsp://admin:{e}@127.0.0.1:9/x'}}\n",
        "pipelines: {a: [source: 'admin:{e}@nowhere']}\n",
        "pipelines: {a: 'rtsp://admin:{e}@127.0.0.1:9/x'}\n",
        "pipelines: {a: ['rtsp://admin:{e}@127.0.0.1:9/x']}\n",
        "mqtt: {uri: 'mqtt://admin:{e}@127.0.0.1:9/x'}\n",
        "mqtt: {uri: 'mqtt:/admin:{e}@127.0.0.1:9'}\n",
        "mqtt: {uri: 'mqtt://admin:{e}@127.0.0.1:port', topic_prefix: '#'}\n",
        "mqtt: {broker: {enabled: true, password: {a}, port: 0}}\n",
        "mqtt: {broker: {enabled: true, passwort: {a}}}\n",
        "logging: {level: 'rtsp://admin:{e}@127.0.0.1:9/x'}\n",
        "ifttt_webhook_id: [{a}]\n",
        "sources: {a: {uri: 'rtsp://admin:${NOT_SET}:{e}@127.0.0.1:9/x'}}\n",
    ];

    /// <summary>The parts that nobody may find anywhere.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>Of <c>config.yaml</c>.</summary>
    public required string Text { get; init; }

    /// <summary>Of <c>secrets.yaml</c>; the secret stands there and is used by an alias.</summary>
    public string SecretText { get; init; } = "";

    /// <summary>In the environment.</summary>
    public (string Name, string Value)? Variable { get; init; }

    /// <summary>True when it stands in a file of Docker's and not in the environment.</summary>
    public bool IsInFile { get; init; }

    /// <summary>False when the YAML is broken, so that it cannot be part of a larger file.</summary>
    public bool CanBeRun { get; init; }

    /// <summary>Makes one.</summary>
    /// <param name="random">Decides.</param>
    /// <param name="number">Tells its names from those of others.</param>
    public static SecretPlace Create(Random random, int number)
    {
        var (first, second) = (Word(random), Word(random));
        var secret = random.Next(2) == 0 ? first + second : first + Pick(random, Odd) + second;
        var (parameter, n) = (Pick(random, Parameters), number.ToString(CultureInfo.InvariantCulture));
        var place = random.Next(12) switch
        {
            < 5 => Named(),
            5 => Inline(),
            6 => Alias(),
            7 or 8 => FromVariable(),
            9 => Provider(),
            10 => Elsewhere(),
            _ => new SecretPlace { Secrets = [], Text = Fill(Pick(random, Broken)) },
        };
        return place with { Secrets = [first, .. place.Text.Contains(second, StringComparison.Ordinal) || place.SecretText.Length > 0 || place.Variable is not null ? [second] : Array.Empty<string>()] };

        string Fill(string template) => template
            .Replace("{s}", secret, StringComparison.Ordinal)
            .Replace("{e}", Uri.EscapeDataString(secret), StringComparison.Ordinal)
            .Replace("{a}", first, StringComparison.Ordinal)
            .Replace("{q}", parameter, StringComparison.Ordinal)
            .Replace("{n}", n, StringComparison.Ordinal);

        string Address() => Fill(Pick(random, Uris));

        SecretPlace Named()
        {
            var key = random.Next(8) == 0 ? "url" : "uri";
            var type = random.Next(4) == 0 ? ", type: image" : "";
            var address = Address();
            return Runs(random.Next(3) switch
            {
                0 => $"sources:\n  s{n}: {{{key}: {Quoted(address)}, live: true{type}}}\npipelines:\n  p{n}: [{{source: s{n}}}]\n",
                1 => $"sources:\n  {Quoted(address)}: {{{key}: {Quoted(address)}, live: true{type}}}\npipelines:\n  p{n}: [{{source: {Quoted(address)}}}]\n",
                _ => $"sources:\n  s{n}:\n    {key}: >-\n      {address}\n    live: true\npipelines:\n  p{n}: [{{source: {{source_id: s{n}, fps: 2}}}}]\n",
            });
        }

        SecretPlace Inline()
        {
            var address = Quoted(Address());
            return Runs(random.Next(3) switch
            {
                0 => $"pipelines:\n  p{n}: [{{source: {address}}}]\n",
                1 => $"pipelines:\n  p{n}: [{{source: {{uri: {address}, live: true, pasword: {Quoted(secret)}}}}}]\n",
                _ => $"pipelines:\n  {address}: [{{source: {address}}}]\n",
            });
        }

        SecretPlace Alias() => Runs($"sources:\n  s{n}: {{uri: *a{n}, live: true}}\npipelines:\n  p{n}: [{{source: s{n}}}]\n") with
        {
            SecretText = $"kept{n}: &a{n} {Quoted(Address())}\n",
        };

        SecretPlace FromVariable()
        {
            var name = $"{Pick(random, ["FRIGATE_", "CAM_"])}{n}";
            var reference = name.StartsWith('F') && random.Next(2) == 0 ? $"{{{name}}}" : $"${{{name}}}";
            var uri = Pick(random, ["rtsp://admin:{v}@127.0.0.1:9/cam", "http://127.0.0.1:9/snap.jpg?pw={v}", "rtsp://127.0.0.1:9/{v}/cam", "admin:{v}@127.0.0.1:9/cam"]);
            return Runs($"sources:\n  s{n}: {{uri: {Quoted(uri.Replace("{v}", reference, StringComparison.Ordinal))}, live: true}}\npipelines:\n  p{n}: [{{source: s{n}}}]\n") with
            {
                Variable = (name, secret),
                IsInFile = random.Next(2) == 0,
            };
        }

        SecretPlace Provider() => Runs(Fill(Pick(random,
        [
            "notifications:\n  n{n}: {providers: ['tgram://{a}/123']}\n",
            "notifications:\n  n{n}: {providers: ['mailto://me:{e}@example.org']}\n",
            "notifications:\n  n{n}: {providers: 'json://user:{e}@127.0.0.1/hook'}\n",
            "notifications:\n  n{n}: {providers: ['slack://T1/{a}/x', {a}]}\n",
            "notifications:\n  n{n}: {provders: ['tgram://{a}/123']}\n",
            "notifications:\n  n{n}: {providers: ['@format ifttt://{a}@event']}\n",
        ])));

        SecretPlace Elsewhere() => Runs(Fill(Pick(random,
        [
            "pipelines:\n  p{n}: [{source: 'rtsp://127.0.0.1:9/x'}, {save_detections: {password: '{a}'}}]\n",
            "pipelines:\n  p{n}: [{source: 'rtsp://127.0.0.1:9/x'}, {save_detections: {pasword: '{a}'}}]\n",
            "pipelines:\n  p{n}: [{source: 'rtsp://127.0.0.1:9/x'}, {detect_objects: {model: {onnx: none.onnx}, labels: 'http://me:{e}@127.0.0.1:9/labels.txt'}}]\n",
            "pipelines:\n  p{n}: [{source: 'rtsp://127.0.0.1:9/x'}, {detect_objects: {model: {onnx: 'http://me:{e}@127.0.0.1:9/m.onnx'}}}]\n",
            "kept_pw_{n}: &k{n} '{a}'\nnotifications:\n  n{n}: {providers: [*k{n}]}\n",
            "ai_models:\n  m{n}: {model: {onnx: m.onnx}, api_token: '{a}'}\n",
        ])));

        static SecretPlace Runs(string text) => new() { Secrets = [], Text = text, CanBeRun = true };
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Word(Random random) => $"{string.Concat(Enumerable.Range(0, 9).Select(_ => Letters[random.Next(Letters.Length)]))}{random.Next(10)}";

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
