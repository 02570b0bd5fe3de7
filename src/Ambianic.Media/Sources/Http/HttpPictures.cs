using System.Runtime.CompilerServices;
using Ambianic.Core.Frames;

namespace Ambianic.Media.Sources.Http;

/// <summary>
/// Encoded pictures of one address, one after the other: of a body that holds many (MJPEG, with or without parts), or of one request
/// for each. Which of the two it is shows itself when it is read. Not safe to use from several threads.
/// </summary>
/// <param name="camera">Is asked.</param>
/// <param name="wantsStream">False when one picture of each answer will do.</param>
/// <param name="received">Is called when bytes of a body have come.</param>
/// <param name="time">Measures how long a camera may go on after the length that it claimed.</param>
internal sealed class HttpPictures(CameraHttp camera, bool wantsStream, Action received, TimeProvider time) : IAsyncDisposable
{
    /// <summary>Bytes of one picture at most.</summary>
    public const int Largest = 32 << 20;

    /// <summary>Pictures of one file at most: a camera with two lenses writes both into it, and a preview (MPO).</summary>
    private const int MostInFile = 3;

    /// <summary>Bytes within which the first picture of a stream begins.</summary>
    private const int PartHeadSample = 2048;

    /// <summary>Bytes of a page that are looked at to say what it is.</summary>
    private const int PageSample = 4096;

    /// <summary>What a camera may still send after the length that it claimed, when the picture is not at its end by then.</summary>
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(1);

    private readonly JpegSplitter _jpegs = new(Largest);
    private readonly byte[] _buffer = new byte[64 << 10];
    private IPictureSplitter? _splitter;
    private ReadOnlyMemory<byte> _unread;
    private HttpAnswer? _answer;
    private long _received;
    private int _inBody;
    private byte[]? _whole;
    private bool _wantsStream = wantsStream;

    /// <summary>What the address holds; known once <see cref="OpenAsync"/> is done.</summary>
    public BodyKind Kind { get; private set; }

    /// <summary>True when more pictures come of the same answer, false when each is asked for.</summary>
    public bool IsStream { get; private set; }

    /// <summary>The present picture, until the next is asked for.</summary>
    public ReadOnlyMemory<byte> Picture => _whole ?? (_splitter ?? _jpegs).Picture;

    /// <summary>True when no more has come than one file holds, of an answer that nothing calls a stream.</summary>
    public bool MayBeSingle => IsStream && !IsSaidToBeStream && _inBody is > 0 and <= MostInFile;

    /// <summary>Bytes of the body that came after the last picture.</summary>
    public long SincePicture { get; private set; }

    /// <summary>What the camera answered, in words: status, type and first bytes.</summary>
    public string Description { get; private set; } = "";

    /// <summary>Asks, and finds out what the answer holds.</summary>
    /// <exception cref="SourceException">There is no answer that could hold pictures.</exception>
    public async Task OpenAsync(CancellationToken cancellation)
    {
        await CloseAsync();
        _answer = await camera.GetAsync(cancellation);
        var (head, body) = (_answer.Head, _answer.Body);
        var begin = await body.PeekAsync((int)Math.Min(BodyKinds.Sample, _answer.Length ?? BodyKinds.Sample), cancellation);
        Kind = BodyKinds.Of(head.MediaType, begin.Span);
        var type = head.MediaType is { Length: > 0 } said ? $"type {said}" : "no type";
        Description = $"status {head.Status}, {type}, {BodyKinds.DescribeBegin(begin.Span)}";
        IsStream = _wantsStream && Kind == BodyKind.Jpeg
            && (IsSaidToBeStream || _answer.Length is null || !head.MediaType.StartsWith("image/", StringComparison.Ordinal));
        _splitter = IsSaidToBeStream && await HoldsPngAsync(body, cancellation) ? new PngSplitter(Largest) : _jpegs;
        (_received, SincePicture, _inBody, _unread) = (0, 0, 0, default);
    }

    /// <summary>Waits for the next picture; asks for it when it is not one of a stream.</summary>
    /// <returns>False when the stream has ended, or when the answer holds no picture.</returns>
    /// <exception cref="SourceException">The answer holds no pictures, and never will.</exception>
    /// <exception cref="IOException">The connection broke before there was a picture.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> NextAsync(CancellationToken cancellation)
    {
        if (_answer is null)
        {
            await OpenAsync(cancellation);
        }

        _whole = null;
        var isThere = Kind switch
        {
            BodyKind.Jpeg => await NextJpegAsync(cancellation),
            BodyKind.Empty => throw new SourceException($"an empty answer came, no picture ({Description}); check the path in the uri, and that the camera is not starting"),
            BodyKind.Text => throw new SourceException(await DescribeTextAsync(cancellation)),
            _ => await ReadWholeAsync(cancellation),
        };
        if (!IsStream)
        {
            await CloseAsync();
        }
        else if (!isThere && (_inBody == 1 || MayBeSingle))
        {
            _wantsStream = false; // it was a single picture
            await CloseAsync();
            return await NextAsync(cancellation);
        }

        return isThere;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => CloseAsync();

    private bool IsSaidToBeStream => BodyKinds.IsManyJpegs(_answer?.Head.MediaType ?? "");

    /// <summary>True when the first picture of a stream is a PNG; a stream that begins with anything long is taken for one of JPEG.</summary>
    private static async ValueTask<bool> HoldsPngAsync(PeekStream body, CancellationToken cancellation)
    {
        for (var begin = body.Buffered; ;)
        {
            if (begin.Span.IndexOf(PngSplitter.Signature) >= 0)
            {
                return true;
            }

            var seen = begin.Length;
            if (seen > PartHeadSample || begin.Span.IndexOf(BodyKinds.JpegBegin) >= 0
                || (begin = await body.PeekAsync(seen + 1, cancellation)).Length == seen)
            {
                return false;
            }
        }
    }

    private async ValueTask CloseAsync()
    {
        if (_answer is { } answer)
        {
            _answer = null;
            await answer.DisposeAsync();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> NextJpegAsync(CancellationToken cancellation)
    {
        var splitter = _splitter!;
        var tooLarge = splitter.TooLarge;
        while (true)
        {
            var isWhole = splitter.Take(_unread.Span, out var used);
            _unread = _unread[used..];
            if (isWhole || (_unread.Length == 0 && !await ReadAsync(cancellation) && splitter.Finish()))
            {
                _inBody++;
                SincePicture = 0;
                return true;
            }

            if (splitter.TooLarge > tooLarge || SincePicture > Largest)
            {
                throw new SourceException($"the answer is larger than {Largest >> 20} MiB without a whole picture; is it another kind of video?");
            }

            if (_unread.Length == 0)
            {
                return false;
            }
        }
    }

    /// <summary>Reads on; false at the end of the body, which is also where the connection breaks after something has come.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync(CancellationToken cancellation)
    {
        var isPastLength = !(IsStream && IsSaidToBeStream) && _answer!.Length is { } length && _received >= length;
        using var end = isPastLength ? new CancellationTokenSource(Afterwards, time) : null;
        using var either = end is null ? null : CancellationTokenSource.CreateLinkedTokenSource(cancellation, end.Token);
        int count;
        try
        {
            count = await _answer!.Body.ReadAsync(_buffer, either?.Token ?? cancellation);
        }
        catch (OperationCanceledException) when (isPastLength && !cancellation.IsCancellationRequested)
        {
            count = 0;
        }
        catch (IOException) when (_received > 0 || _inBody > 0)
        {
            count = 0;
        }

        if (count > 0)
        {
            received();
        }

        _received += count;
        SincePicture += count;
        _unread = _buffer.AsMemory(0, count);
        return count > 0;
    }

    /// <summary>A picture that is no JPEG: ends with the answer, or at the length that it claims.</summary>
    private async ValueTask<bool> ReadWholeAsync(CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        while ((_answer!.Length is not { } length || _received < length) && await ReadAsync(cancellation))
        {
            body.Write(_unread.Span);
            if (body.Length > Largest)
            {
                throw new SourceException($"the answer is larger than {Largest >> 20} MiB; is it a video?");
            }
        }

        _unread = default;
        _whole = body.ToArray();
        return _whole.Length > 0;
    }

    private async ValueTask<string> DescribeTextAsync(CancellationToken cancellation)
    {
        using var end = new CancellationTokenSource(Afterwards, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, end.Token);
        try
        {
            await _answer!.Body.PeekAsync((int)Math.Min(PageSample, _answer.Length ?? PageSample), either.Token);
        }
        catch (Exception error) when (error is IOException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            // what came before will do
        }

        var text = BodyKinds.Describe(_answer!.Body.Buffered.Span);
        return $"{text} came, not a picture ({Description}); "
            + (text.Contains("login", StringComparison.Ordinal)
                ? "give user and password in the uri, and the address of the picture or of the stream itself"
                : "write the address of the picture or of the stream itself in the uri, as the camera's manual gives it");
    }
}
