using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Ambianic.Server.Tests.Abuse;

/// <summary>What is sent for an operation.</summary>
/// <param name="Target">Path and query, as they are sent.</param>
/// <param name="ContentType">Null for none.</param>
/// <param name="Body">Null for none.</param>
/// <param name="Header">One more header; null for none.</param>
internal sealed record AbusiveCall(string Target, string? ContentType, byte[]? Body, string? Header)
{
    private const string Json = "application/json";

    /// <summary>Parts of a path or query, encoded already: encodings that are wrong, ways out of a folder, ends of lines, names that are there and names that are not.</summary>
    private static readonly string[] Parts =
    [
        "", "%00", "a%00.jpg", "..%2f..%2faccess.db", "..%5c..%5caccess.db", "%2e%2e%2f%2e%2e%2faccess.db", "..%252f..%252faccess.db", "..;%2faccess.db", "%C0%AE%C0%AE%C0%AFaccess.db", "%ff%fe", "%ED%A0%80",
        "%", "%zz", "%u0041", "a%0d%0aX-Injected:%20yes", "a%0aX-Injected:%20yes", "%27%20OR%201=1%20--", "%3Cscript%3Ealert(1)%3C%2Fscript%3E", "${jndi:x}", "%7B%7B7*7%7D%7D", "%7Benv%5BHOME%5D%7D", "@format%20%7Bthis.x%7D",
        "broken", "door", "default", "unknown", "null", "true", "-1", "0", "1", "1.5", "1e400", "NaN", "2147483648", "99999999999999999999", "%EF%BC%91", "0x10", "__proto__", "constructor", "*", "%25", "~", ".", "a:b", "%F0%9F%92%A9",
        "2026-05-01T10:00:00Z", "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59.9999999-14:00", "2026-13-45", "2026-05-01", "person", "viewer", "success",
        new string('a', 3000), string.Concat(Enumerable.Repeat("%F0%9F%92%A9", 250)), string.Concat(Enumerable.Repeat("..%2f", 300)),
    ];

    private static readonly JsonNode?[] Values =
    [
        null, JsonValue.Create(true), JsonValue.Create(-1), JsonValue.Create(0), JsonValue.Create(1.5), JsonValue.Create(long.MaxValue), JsonValue.Create(1e308), JsonValue.Create(""), JsonValue.Create("x"), JsonValue.Create("broken"),
        JsonValue.Create("door"), JsonValue.Create("admin"), JsonValue.Create("viewer"), JsonValue.Create("five green frogs"), JsonValue.Create("\0"), JsonValue.Create("a\r\nX-Injected: yes"), JsonValue.Create("../../access.db"),
        JsonValue.Create("rtsp://127.0.0.1:1/x"), JsonValue.Create("file:///etc/passwd"), JsonValue.Create("http://[::1"), JsonValue.Create("http://127.0.0.1:1/%00"), JsonValue.Create("@format {this.ifttt_webhook_id}"), JsonValue.Create("${HOME}"),
        JsonValue.Create("'; DROP TABLE users; --"), JsonValue.Create("\u202e\ufeff\u0085"), JsonValue.Create("💩"), JsonValue.Create(new string('a', 20_000)), JsonValue.Create("2026-05-01T10:00:00Z"), JsonValue.Create("9999-12-31T23:59:59Z"),
        new JsonArray(), new JsonObject(), new JsonArray(1, "x", null), new JsonObject { ["a"] = new JsonArray(new JsonObject()) },
    ];

    /// <summary>Bodies that are not what any call takes.</summary>
    private static readonly byte[][] Bodies =
    [
        [], "{"u8.ToArray(), "[]"u8.ToArray(), "null"u8.ToArray(), "1e999"u8.ToArray(), "NaN"u8.ToArray(), "\"text\""u8.ToArray(), "{}{}"u8.ToArray(), "{\"name\":\"\\ud800\"}"u8.ToArray(), "{\"a\":1,}"u8.ToArray(), "\0\0\0\0"u8.ToArray(),
        [0xEF, 0xBB, 0xBF, (byte)'{', (byte)'}'], [0xFF, 0xFE, (byte)'{', 0, (byte)'}', 0], [(byte)'{', (byte)'"', 0xC0, 0x80, (byte)'"', (byte)':', (byte)'"', 0xC0, 0xAE, (byte)'"', (byte)'}'], [0x1F, 0x8B, 8, 0, 0, 0],
        Encoding.ASCII.GetBytes(new string('[', 20_000)), Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5000))), Encoding.ASCII.GetBytes($"{{\"name\":\"{new string('a', 100_000)}\"}}"), new byte[2 << 20],
        "name=ann&password=x"u8.ToArray(), "--b\r\nContent-Disposition: form-data; name=\"x\"; filename=\"../../x\"\r\n\r\nx\r\n--b--\r\n"u8.ToArray(), "&a: [*a, *a]\nb: !!python/object x"u8.ToArray(),
    ];

    private static readonly string?[] ContentTypes =
    [
        Json, Json, Json, $"{Json}; charset=utf-16", $"{Json}; charset=utf-7", $"{Json}; charset=nonsense", "text/plain", "text/yaml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "multipart/form-data", "image/jpeg", "nonsense", "a/b/c; =", null,
    ];

    private static readonly string?[] Headers =
    [
        null, null, null, null, null, null, "Accept: image/png", "Accept: text/html", "Accept: nonsense", "If-Match: \"x\"", "If-Match: nonsense", "If-None-Match: *", "Range: bytes=5-1", "Range: bytes=0-99999999999999999999", "Last-Event-ID: -1",
        "Last-Event-ID: 99999999999999999999", "Last-Event-ID: nonsense", "Content-Encoding: gzip", "X-HTTP-Method-Override: DELETE", "Cookie: ambianic=x; ambianic=y; ambianic-device=\"\\\"", "Expect: 100-continue", "Upgrade: websocket",
        "Accept-Language: xx-yy-zz", "X-Forwarded-For: nonsense", "Referer: http://[", "If-Modified-Since: nonsense", "Accept-Encoding: *;q=0",
    ];

    private static readonly Gen<string> Part = Any(Parts);

    /// <summary>Values for an operation, mostly of its own shape, so that what is behind the first check is met too.</summary>
    public static Gen<AbusiveCall> For(Operation operation, JsonObject description) =>
        from path in PathOf(operation)
        from query in QueryOf(operation)
        from body in BodyOf(operation, description)
        from header in Any(Headers)
        select new AbusiveCall(path + query, body.ContentType, body.Body, header);

    public override string ToString() =>
        $"{(Target.Length > 300 ? $"{Target[..300]}… ({Target.Length})" : Target)} {ContentType} {Header} {(Body is null ? "" : Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 300)))}";

    private static Gen<string> PathOf(Operation operation) => operation.Parameters.Where(parameter => parameter.IsOfPath).Aggregate(
        Gen.Const(operation.Path),
        (paths, parameter) => from path in paths
                              from value in Value(parameter)
                              select path.Replace($"{{{parameter.Name}}}", value, StringComparison.Ordinal));

    private static Gen<string> QueryOf(Operation operation) => operation.Parameters.Where(parameter => !parameter.IsOfPath).Append(new OperationParameter("unknown", false, null)).Aggregate(
        Gen.Const("?"),
        (queries, parameter) => from query in queries
                                from isThere in Gen.Int[0, 2]
                                from value in Value(parameter)
                                from again in Gen.Int[0, 9]
                                select isThere == 0 ? $"{query}{parameter.Name}={value}&{(again == 0 ? $"{parameter.Name}={value}x&" : "")}" : query);

    private static Gen<string> Value(OperationParameter parameter) =>
        parameter.Schema?["enum"] is JsonArray words && words.Count > 0
            ? Gen.OneOf(Part, Any([.. words.Select(word => $"{word}")]))
            : Part;

    private static Gen<(string? ContentType, byte[]? Body)> BodyOf(Operation operation, JsonObject description)
    {
        Gen<(string?, byte[]?)> wrong = Gen.Select(Any(ContentTypes), Any(Bodies), (type, body) => (type, (byte[]?)body));
        Gen<(string?, byte[]?)> mostly = operation.Body is { } schema
            ? Shaped(schema, description, 0).Select(value => ((string?)Json, (byte[]?)Encoding.UTF8.GetBytes(value?.ToJsonString() ?? "null")))
            : Gen.Const<(string?, byte[]?)>((null, null));
        return Gen.Int[0, 3].SelectMany(choice => choice == 0 ? wrong : mostly);
    }

    /// <summary>A value of the shape that is asked for, in which a part of it is of another.</summary>
    private static Gen<JsonNode?> Shaped(JsonNode? schema, JsonObject description, int depth)
    {
        var any = Any(Values).Select(value => value?.DeepClone());
        if (depth > 3 || Operation.Resolve(schema, description) is not JsonObject known)
        {
            return any;
        }

        if (known["properties"] is JsonObject properties)
        {
            var whole = properties.Aggregate(
                Gen.Const<Func<JsonObject>>(() => []),
                (objects, property) => from make in objects
                                       from isThere in Gen.Int[0, 9]
                                       from value in Shaped(property.Value, description, depth + 1)
                                       select isThere == 0 ? make : () =>
                                       {
                                           var made = make();
                                           made[property.Key] = value?.DeepClone();
                                           return made;
                                       });
            return whole.Select(make => (JsonNode?)make());
        }

        return known["enum"] is JsonArray { Count: > 0 } words
            ? Gen.OneOf(Any([.. words]).Select(word => word?.DeepClone()), any)
            : any;
    }

    private static Gen<T> Any<T>(IReadOnlyList<T> all) => Gen.Int[0, all.Count - 1].Select(i => all[i]);
}
