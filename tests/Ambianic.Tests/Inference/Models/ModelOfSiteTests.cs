using System.Net;
using Ambianic.Inference;
using Ambianic.Inference.Models;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Inference.Models;

public sealed class ModelOfSiteTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task GetAsync_ModelOfASite_IsKeptAsItIsAndProgressReachesItsSize()
    {
        var content = new byte[200_000];
        var model = OfSite(content);
        _fixture.Site = (_, _) => Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(content) });
        var progress = new LastProgress();

        var path = await _fixture.Store().GetAsync(model, progress, Cancellation);

        Assert.Equal(content, await File.ReadAllBytesAsync(path, Cancellation));
        Assert.Equal(new DownloadProgress("model.onnx", 200_000, 200_000), progress.Last);
    }

    [Fact]
    public async Task GetAsync_SiteSendsForEver_StopsAtTheKnownSize()
    {
        var model = OfSite([1, 2, 3]);
        _fixture.Site = (_, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(new Endless()) });

        var error = await Assert.ThrowsAsync<ModelException>(() => _fixture.Store().GetAsync(model, null, Cancellation));

        Assert.Contains("not the file that was expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_SiteAnswersWithAnError_SaysWhichOne()
    {
        var model = OfSite([1, 2, 3]);
        _fixture.Site = (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.Gone));

        var error = await Assert.ThrowsAsync<ModelException>(() => _fixture.Store().GetAsync(model, null, Cancellation));

        Assert.Contains("https://models.example/model.onnx answered 410", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_SiteFallsSilent_GivesUp()
    {
        var model = OfSite([1, 2, 3]);
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        _fixture.Site = async (_, cancellation) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellation);
            throw new InvalidOperationException("never");
        };
        var pull = _fixture.Store(time).GetAsync(model, null, Cancellation);
        await asked.Task;

        time.Advance(TimeSpan.FromSeconds(31));

        var error = await Assert.ThrowsAsync<ModelException>(() => pull);
        Assert.Contains("sent nothing for 30 s", error.Message, StringComparison.Ordinal);
    }

    private static CatalogModel OfSite(byte[] content) => StoreFixture.Model(
        "site", new WebOrigin(new Uri("https://models.example/model.onnx"), StoreFixture.Known("model.onnx", content)));

    private sealed class LastProgress : IProgress<DownloadProgress>
    {
        public DownloadProgress Last { get; private set; }

        public void Report(DownloadProgress value) => Last = value;
    }

    private sealed class Endless : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            buffer.Span.Clear();
            return ValueTask.FromResult(buffer.Length);
        }
    }
}
