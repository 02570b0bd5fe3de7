using System.Globalization;
using System.Text;
using Ambianic.Core.Health;
using Microsoft.AspNetCore.Http.Features;

namespace Ambianic.Server.Live;

/// <summary>
/// Sends each new picture of a pipeline as a part of one answer (multipart/x-mixed-replace), until the caller leaves, may not see it any more,
/// or there is no picture. Who reads slowly gets the newest picture when the one before has been taken, and none of those between.
/// </summary>
internal sealed class MotionJpeg(PictureWish wish, LivePictures pictures, LiveListeners listeners, Func<PipelineHealth?> health, TimeProvider time, CancellationToken stopping) : IResult
{
    /// <summary>Media type of the answer.</summary>
    public const string MediaType = "multipart/x-mixed-replace";

    private const string Boundary = "picture";

    private static readonly byte[] End = Encoding.ASCII.GetBytes("\r\n");

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            context.Response.ContentType = $"{MediaType}; boundary={Boundary}";
            context.Response.Headers.CacheControl = "no-store";
            context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await SendAsync(context.Response.Body, either.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException && either.IsCancellationRequested)
        {
            // the caller left or was sent away, or the program stops
        }
        finally
        {
            listeners.Leave();
        }
    }

    private async Task SendAsync(Stream body, CancellationToken cancellation)
    {
        for (var number = 0L; health() is { } now && LiveView.HasPicture(now);)
        {
            if (pictures.Newest(wish) is { } picture && picture.Number > number)
            {
                number = picture.Number;
                var head = string.Create(
                    CultureInfo.InvariantCulture,
                    $"--{Boundary}\r\nContent-Type: image/jpeg\r\nContent-Length: {picture.Jpeg.Length}\r\nX-Timestamp: {picture.At:O}\r\n\r\n");
                await body.WriteAsync(Encoding.ASCII.GetBytes(head), cancellation);
                await body.WriteAsync(picture.Jpeg, cancellation);
                await body.WriteAsync(End, cancellation);
                await body.FlushAsync(cancellation); // waits for a caller who reads slowly
            }

            await pictures.WaitAsync(wish.Pipeline, number, time, cancellation);
        }
    }
}
