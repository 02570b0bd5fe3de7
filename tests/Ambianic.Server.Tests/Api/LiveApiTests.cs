using System.Net;
using System.Net.Sockets;
using System.Text;
using Ambianic.Core.Frames;
using Ambianic.Media.Pictures;
using Ambianic.Server.Live;
using Ambianic.Storage.Access;
using Ambianic.Tests;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Api;

/// <summary>What a running camera shows, over HTTP.</summary>
[Slow]
public sealed class LiveApiTests : IAsyncLifetime
{
    private LiveHouse _live = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _live = await LiveHouse.StartAsync();
        await _live.RunsAsync();
    }

    public ValueTask DisposeAsync() => _live.DisposeAsync();

    [Theory]
    [InlineData("", 640, 360)]
    [InlineData("?boxes=1", 640, 360)]
    [InlineData("?width=320&boxes=0", 320, 180)]
    [InlineData("?width=4000", 640, 360)]
    public async Task Snapshot_OfARunningCamera_IsAPictureOfTheSizeAskedFor(string query, int width, int height)
    {
        using var answer = await GetAsync($"/api/pipelines/front/snapshot.jpg{query}");
        var size = PictureDecoder.Describe(await answer.Content.ReadAsByteArrayAsync(Cancellation));

        Assert.Equal(("image/jpeg", "no-store"), (answer.Content.Headers.ContentType!.MediaType, answer.Headers.CacheControl!.ToString()));
        Assert.Equal(("jpeg", width, height), size);
    }

    [Theory]
    [InlineData("?width=8")]
    [InlineData("?width=wide")]
    [InlineData("?boxes=yes")]
    public async Task Snapshot_WrongParameter_IsRefused(string query)
    {
        using var answer = await GetAsync($"/api/pipelines/front/snapshot.jpg{query}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Snapshot_AskedAgain_IsSentOnlyWhenItIsAnother()
    {
        var (fresh, same) = (0, 0);
        await Eventually.TrueAsync(async () =>
        {
            using var first = await GetAsync("/api/pipelines/front/snapshot.jpg");
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/pipelines/front/snapshot.jpg");
            request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
            using var second = await _live.Client.SendAsync(request, Cancellation);
            same += second.StatusCode == HttpStatusCode.NotModified ? 1 : 0;
            fresh += second.StatusCode == HttpStatusCode.OK && !second.Headers.ETag!.Equals(first.Headers.ETag) ? 1 : 0;
            return same > 0 && fresh > 0;
        });
    }

    [Fact]
    public async Task Snapshot_OfACameraThatIsOff_SaysWhyThereIsNone()
    {
        Assert.Equal(204, (await _live.House.CallAsync("POST", "/api/pipelines/front/stop")).Status);

        await Eventually.TrueAsync(async () =>
        {
            using var answer = await GetAsync("/api/pipelines/front/snapshot.jpg");
            return answer.StatusCode == HttpStatusCode.ServiceUnavailable
                && (await answer.Content.ReadAsStringAsync(Cancellation)).Contains("there is no picture: it was switched off", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Live_OfARunningCamera_SendsOnePictureAfterTheOther()
    {
        using var answer = await OpenAsync(_live.Client);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        var (first, second) = (await NextAsync(stream), await NextAsync(stream));

        Assert.StartsWith("multipart/x-mixed-replace", answer.Content.Headers.ContentType!.ToString(), StringComparison.Ordinal);
        Assert.Equal(("jpeg", 320, 180), PictureDecoder.Describe(first));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public async Task Live_PipelineIsSwitchedOff_Ends()
    {
        using var answer = await OpenAsync(_live.Client);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        await NextAsync(stream);

        await _live.House.CallAsync("POST", "/api/pipelines/front/stop");

        await stream.CopyToAsync(Stream.Null, Cancellation).WaitAsync(Eventually.Patience, Cancellation);
        await Eventually.TrueAsync(() => _live.House.Services.GetRequiredService<FramePool>().Outstanding == 0);
    }

    [Fact]
    public async Task Live_TokenIsRemoved_Ends()
    {
        using var viewer = _live.Program(AccessRole.Viewer);
        using var answer = await OpenAsync(viewer);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        await NextAsync(stream);

        var database = _live.House.Services.GetRequiredService<AccessDatabase>();
        Assert.Null(database.RemoveToken(database.Load().Tokens[0].Id));

        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(Stream.Null, Cancellation).WaitAsync(Eventually.Patience, Cancellation));
    }

    [Fact]
    public async Task Live_ACallerDoesNotRead_OthersSeeAndThePipelineGoesOn()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(IPAddress.Loopback, _live.Client.BaseAddress!.Port, Cancellation);
        await socket.SendAsync(Encoding.ASCII.GetBytes("GET /api/pipelines/front/live.mjpg HTTP/1.1\r\nHost: localhost\r\n\r\n"), Cancellation);
        Assert.True(await socket.ReceiveAsync(new byte[16], Cancellation) > 0);
        using var answer = await OpenAsync(_live.Client);
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        var before = await ProcessedAsync();

        for (var pictures = 0; pictures < 20; pictures++)
        {
            await NextAsync(stream);
        }

        await Eventually.TrueAsync(async () => await ProcessedAsync() >= before + 15);
        Assert.Equal(0, (long?)(await _live.House.CallAsync("GET", "/api/pipelines/front")).Body!["failed"]);
    }

    [Fact]
    public async Task Live_MoreCallersThanAllowed_TheLastIsToldUntilOneLeaves()
    {
        List<HttpResponseMessage> open = [];
        for (var caller = 0; caller < LiveListeners.Most; caller++)
        {
            open.Add(await OpenAsync(_live.Client));
        }

        using var refused = await GetAsync("/api/pipelines/front/live.mjpg");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.Contains("look at live pictures already", await refused.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);

        open.ForEach(answer => answer.Dispose());
        await Eventually.TrueAsync(async () =>
        {
            using var answer = await _live.Client.GetAsync(new Uri("/api/pipelines/front/live.mjpg", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
            return answer.IsSuccessStatusCode;
        });
    }

    private static async Task<HttpResponseMessage> OpenAsync(HttpClient client)
    {
        var answer = await client.GetAsync(new Uri("/api/pipelines/front/live.mjpg?width=320", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation);
        answer.EnsureSuccessStatusCode();
        return answer;
    }

    private Task<HttpResponseMessage> GetAsync(string path) => _live.Client.GetAsync(new Uri(path, UriKind.Relative), Cancellation);

    private async Task<long> ProcessedAsync() => (long)(await _live.House.CallAsync("GET", "/api/pipelines/front")).Body!["processed"]!;

    /// <summary>The next part of an answer.</summary>
    private static async Task<byte[]> NextAsync(Stream stream)
    {
        var length = 0;
        for (string line; (line = await LineAsync(stream)) is not "" || length == 0;)
        {
            length = line.StartsWith("Content-Length: ", StringComparison.Ordinal) ? int.Parse(line["Content-Length: ".Length..], null) : length;
        }

        var picture = new byte[length];
        await stream.ReadExactlyAsync(picture, Cancellation);
        return picture;
    }

    private static async Task<string> LineAsync(Stream stream)
    {
        var line = new StringBuilder();
        var letter = new byte[1];
        while (true)
        {
            await stream.ReadExactlyAsync(letter, Cancellation);
            if (letter[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)letter[0]);
        }
    }
}
