namespace Ambianic.Server.Access;

/// <summary>Where a person goes after log-in. All links are relative, as a proxy may have put a path before ours.</summary>
internal static class ReturnPath
{
    /// <summary>The log-in page, which leads back to what is asked for now.</summary>
    public static string ToLogIn(HttpRequest request) =>
        $"{string.Concat(Enumerable.Repeat("../", (request.Path.Value ?? "/").Count(letter => letter == '/') - 1))}login?next={Uri.EscapeDataString(request.Path.Value?.TrimStart('/') + request.QueryString)}";

    /// <summary>A path of this device, relative to the log-in page; the timeline when it is anything else, such as the address of another site.</summary>
    public static string Local(string? next) =>
        next is { Length: > 0 and <= 1000 } && Uri.TryCreate(new Uri("http://here.invalid/"), $"./{next}", out var target)
        && target.Host == "here.invalid" && !next.StartsWith('/') && !next.Contains('\\', StringComparison.Ordinal) && !next.Any(char.IsControl)
            ? $"./{target.AbsoluteUri[target.GetLeftPart(UriPartial.Authority).Length..].TrimStart('/')}"
            : "./index.html";
}
