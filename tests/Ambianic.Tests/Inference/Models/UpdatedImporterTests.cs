using Ambianic.Inference;
using Ambianic.Inference.Models;
using Ambianic.Tests.OnnxImport;

namespace Ambianic.Tests.Inference.Models;

public sealed class UpdatedImporterTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task GetAsync_UpdatedImporterWithoutNetwork_KeepsTheEarlierFileSaysSoAndAsksOnce()
    {
        var model = _fixture.PackedModel();
        var earlier = await _fixture.Store(importer: 7).GetAsync(model, null, Cancellation);
        _fixture.Npm($"echo x >> {_fixture["asked"]}; echo 'npm error code ENOTFOUND' >&2; exit 1");
        var store = _fixture.Store(importer: 9);

        var first = await store.GetAsync(model, null, Cancellation);
        var second = await store.GetAsync(model, null, Cancellation);

        Assert.Equal((earlier, earlier), (first, second));
        Assert.Single(await File.ReadAllLinesAsync(_fixture["asked"], Cancellation));
        var line = Assert.Single(_fixture.Log.Lines, line => line.Contains("rebuilt", StringComparison.Ordinal));
        Assert.Contains("cannot be reached", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_UpdatedImporterWithoutNetworkAndEarlierFileDamaged_IsAnError()
    {
        var model = _fixture.PackedModel();
        await File.WriteAllBytesAsync(await _fixture.Store(importer: 7).GetAsync(model, null, Cancellation), [1], Cancellation);
        _fixture.Npm("exit 1");

        await Assert.ThrowsAsync<ModelException>(() => _fixture.Store(importer: 8).GetAsync(model, null, Cancellation));
    }

    [Fact]
    public async Task GetAsync_UpdatedImporter_ReplacesTheEarlierFile()
    {
        var model = _fixture.PackedModel();
        var earlier = await _fixture.Store(importer: 7).GetAsync(model, null, Cancellation);

        var now = await _fixture.Store(importer: 8).GetAsync(model, null, Cancellation);

        Assert.NotEqual(earlier, now);
        Assert.Equal(["models", Path.GetRelativePath(_fixture.Cache, now)], _fixture.Files);
        Assert.False(File.Exists(earlier + FinishedFile.HashSuffix));
    }

    [Fact]
    public async Task GetAsync_UpdatedImporterAndModelThatIsOnnxAlready_NeedsNoNetwork()
    {
        byte[] content = [1, 2, 3];
        _fixture.Site = (_, _) => Task.FromResult(new HttpResponseMessage { Content = new ByteArrayContent(content) });
        var first = await _fixture.Store(importer: 7).GetAsync(OfSite(content), null, Cancellation);
        _fixture.Site = (_, _) => throw new HttpRequestException("no network");

        var second = await _fixture.Store(importer: 8).GetAsync(OfSite(content), null, Cancellation);

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task ImportAsync_UpdatedImporter_ReplacesTheEarlierFile()
    {
        var source = new TinyTfJs().Weight("w", [1], 1).Node("out", "AddV2", ["x", "w"]).Write(Path.GetDirectoryName(_fixture["x"])!);
        var earlier = await _fixture.Store(importer: 7).ImportAsync(source, Cancellation);

        var now = await _fixture.Store(importer: 8).ImportAsync(source, Cancellation);

        Assert.NotEqual(earlier, now);
        Assert.Equal(["models", Path.GetRelativePath(_fixture.Cache, now)], _fixture.Files);
    }

    private static CatalogModel OfSite(byte[] content) => StoreFixture.Model(
        "site", new WebOrigin(new Uri("https://models.example/model.onnx"), StoreFixture.Known("model.onnx", content)));
}
