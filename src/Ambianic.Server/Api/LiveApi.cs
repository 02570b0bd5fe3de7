using System.Globalization;
using Ambianic.Core.Health;
using Ambianic.Core.Pipelines;
using Ambianic.Server.Access;
using Ambianic.Server.Live;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Ambianic.Server.Api;

/// <summary>What cameras show now.</summary>
internal static class LiveApi
{
    private const int LeastWidth = 16;
    private const int MostWidth = 7680;

    /// <summary>Numbers of pictures begin again with each run of the program.</summary>
    private static readonly string Run = Guid.NewGuid().ToString("N")[..8];

    public static void MapLive(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/pipelines/{name}/snapshot.jpg", Snapshot)
            .RequireAuthorization(Policies.Viewer)
            .Produces<Stream>(StatusCodes.Status200OK, "image/jpeg").Produces(StatusCodes.Status304NotModified)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("What the camera shows now, JPEG");
        routes.MapGet("/api/pipelines/{name}/live.mjpg", Live)
            .RequireAuthorization(Policies.Viewer)
            .Produces<Stream>(StatusCodes.Status200OK, MotionJpeg.MediaType)
            .ProducesValidationProblem().ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status503ServiceUnavailable)
            .WithSummary("What the camera shows, picture after picture, for img tags and players (MJPEG)");
    }

    /// <param name="name">The pipeline.</param>
    /// <param name="context">The call.</param>
    /// <param name="supervisor">Knows whether there is a picture.</param>
    /// <param name="pictures">Encodes it.</param>
    /// <param name="boxes">1 draws what was detected.</param>
    /// <param name="width">Pixels at most, 16 to 7680.</param>
    private static IResult Snapshot(string name, HttpContext context, PipelineSupervisor supervisor, LivePictures pictures, string? boxes = null, int? width = null)
    {
        if (Problem(name, supervisor, boxes, width, out var pipeline) is { } problem)
        {
            return problem;
        }

        if (pictures.Newest(new PictureWish(pipeline!.Name, boxes is "1" or "true", width ?? 0)) is not { } picture)
        {
            return NoPicture(pipeline);
        }

        var tag = new EntityTagHeaderValue(string.Create(CultureInfo.InvariantCulture, $"\"{Run}-{picture.Number}-{boxes is "1" or "true"}-{width ?? 0}\""));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(picture.Jpeg, "image/jpeg", entityTag: tag, lastModified: picture.At);
    }

    /// <param name="name">The pipeline.</param>
    /// <param name="context">The call.</param>
    /// <param name="supervisor">Knows whether there is a picture.</param>
    /// <param name="pictures">Encodes them.</param>
    /// <param name="listeners">Who looks.</param>
    /// <param name="time">Clock.</param>
    /// <param name="lifetime">Of the program.</param>
    /// <param name="boxes">1 draws what was detected.</param>
    /// <param name="width">Pixels at most, 16 to 7680.</param>
    private static IResult Live(
        string name,
        HttpContext context,
        PipelineSupervisor supervisor,
        LivePictures pictures,
        LiveListeners listeners,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        string? boxes = null,
        int? width = null)
    {
        if (Problem(name, supervisor, boxes, width, out var pipeline) is { } problem)
        {
            return problem;
        }

        var wish = new PictureWish(pipeline!.Name, boxes is "1" or "true", width ?? 0);
        if (listeners.TryEnter())
        {
            return new MotionJpeg(wish, pictures, listeners, () => supervisor.Find(wish.Pipeline), time, lifetime.ApplicationStopping);
        }

        context.Response.Headers.RetryAfter = "10";
        return TypedResults.Problem($"{LiveListeners.Most} look at live pictures already; close one of them, or ask for snapshot.jpg", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult? Problem(string name, PipelineSupervisor supervisor, string? boxes, int? width, out PipelineHealth? pipeline)
    {
        pipeline = supervisor.Find(name);
        return Words.Wrong(
                ("boxes", boxes is null or "0" or "1" or "false" or "true" ? null : "must be 1 or 0"),
                ("width", width is null or (>= LeastWidth and <= MostWidth) ? null : $"must be {LeastWidth} to {MostWidth}")) is { } wrong ? wrong
            : pipeline is null ? PipelineLookup.NotFound()
            : LiveView.HasPicture(pipeline) ? null
            : NoPicture(pipeline);
    }

    private static ProblemHttpResult NoPicture(PipelineHealth pipeline) => TypedResults.Problem(
        $"there is no picture: {pipeline.Reason ?? "none has come yet"}", statusCode: StatusCodes.Status503ServiceUnavailable);
}
