namespace Ambianic.Media.Sources.Http;

/// <summary>The answer to one request; disposing it closes the connection.</summary>
/// <param name="connection">Owned.</param>
/// <param name="head">What the camera says.</param>
/// <param name="body">What it sends, without chunks and compression.</param>
internal sealed class HttpAnswer(Stream connection, HttpHead head, PeekStream body) : IAsyncDisposable
{
    /// <summary>Status and fields.</summary>
    public HttpHead Head => head;

    /// <summary>The body, without chunks and compression.</summary>
    public PeekStream Body => body;

    /// <summary>Bytes of the body when its claimed length means anything, else null.</summary>
    public long? Length => head["Content-Encoding"] is null && head["Transfer-Encoding"] is null ? head.ContentLength : null;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
