using System.IO.Compression;
using Ambianic.Core.Vision;
using Ambianic.Inference;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.Server.Hosting;
using Ambianic.Tests;
using Ambianic.Tests.Inference.Sessions;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Server.Tests.Hosting;

public sealed class ModelTrialTests : IDisposable
{
    /// <summary>An ONNX graph, gzip and Base64: a pool whose window is larger than its picture, and what is left resized, joined and sliced.</summary>
    private const string EndsTheRuntime =
        "H4sICMT1BWsCA2NyYXNoLWI5NmMzOWMzMDVlNjAwZjEub25ueACFVc1u20YQJinZosdCLLOJoTJADmQuJfpjUlYsu4fQbnMIW6NGnOZgFFhsyFW9DUUS/CnU"
        + "nnzvS+QF+g59qp47K5HmjxRUFLXfzM7Mzn47O1JVTaWL95xG3Nfl6fm/BzAFeamp5pynWX6+1B+Qsfc2pVGWxBmzDqGfsHThSm7PlV3lozyAv2R4MIV904+j"
        + "LKdRTo6bgq0NzO/i6Hfi6BUw+mK0PgeVFnlMEhoYcHNx9Yr8fH396s1HuWeNYJDlKQ9YhmvJuJalwV7AQ5pzjFvphrDzaxoXyRglBb6FKn5z+UlTOBG5hDwh"
        + "U70CmAuO8BtUCg3MK7q8juOQvNAb2BiU0HrcyHvn3cWPr7/vpKys6LGOYPiBpRELSXZHE+be99e0TaERFjQzTgOWntdZzrRd85oG5EwvR6OHA/zUdNMOTBqG"
        + "5+YblvE/GbEdvaswdm7EqoIkDJvmYwlJsgB6LArGiiDsFro+MGycm60dmkKfNVfZVBm7SLpPc2sf+nTJs9U68Lfc2qSEz6YrUl1HhmbINRQ1t4gDZuyGPGI0"
        + "FTR/A8/8GBnjEc0ZyUV5zuN0sSoMsjKGOxrOScKXLBQOz2EofFmWr6cPsWKigCQpm7OU+IwLK7iAkmuAVn7rvRF7ojfwxpZX9XcHDZMWk6ctaQafbRy5fdY0"
        + "cY61PfMm5D4jjq3XEI9UIPgBah0WQkjxAtb2XcX2S6yIayyq8RfoOrRSmWiPkJCg8NkVoxFxTvSObEAtWgegfmAsCfiirIML6Ji3gk+1fcG2qFPivNCbgjEo"
        + "MbyDpl4wk4QcnU9rONNrLZIkUKscsXvsR8WCxEWeFHm2Lv+voHaq4QxbxFUREudMr4DRwxFeQiU3tzA5bkk2dtFVG5k4+gMqW8wzeNBovaxY6OLHUF8HLMp5"
        + "/oem8kUSpzkLrC9UBR9ZlUfyZbOteiNJun8pSZKLX3zvXeupqrSNbE+tjKwn7amJ10e11FWfCPU/rvUcQw0uWx3AG6088FON1pdqr2N16o2lT3y2WM+8cTfm"
        + "p2M7x95YLmeVcqzkzXydiTfqWm+xmnojpWt1hJS0TrWkqqu3S65uVRWjbmndntvlQO6M/zdvTVYsbOsR3rhKuNdxun0q/sGP4LEqayPA2sG3X77K+ycgSk17"
        + "BEOcVstp5bIP0khLj2A3i4vUZ9rQT2l293U+x4vA/gP9mUEwJggAAA==";

    private readonly TemporaryDirectory _directory = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task RunAsync_ModelThatEndsTheRuntime_IsAnErrorAndThisProcessGoesOn()
    {
        var onnx = await WriteDamagedAsync();

        var error = await Assert.ThrowsAsync<ModelException>(() => ModelTrial.RunAsync(onnx, Cancellation));

        Assert.Contains("the model runtime does not survive it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ready_OwnFileThatEndsTheRuntime_IsAnErrorOfItsDetectorAndAnotherSees()
    {
        var damaged = await WriteDamagedAsync();
        var good = new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Write(_directory.Path);
        var store = new ModelStore(_directory["cache"], null!, TimeProvider.System, NullLogger<ModelStore>.Instance) { Trial = ModelTrial.RunAsync };
        var resolver = new ModelResolver(store, NullLogger<ModelResolver>.Instance);
        using var pool = new DetectorPool(
            (role, model, labels, cancellation) => resolver.ResolveAsync(role, model, labels, null, cancellation), TimeProvider.System, NullLogger<DetectorPool>.Instance);

        var error = await Assert.ThrowsAsync<InferenceException>(async () =>
            await pool.Create(ModelRole.Objects, new ModelOptions { Onnx = damaged }, null).ReadyAsync(Cancellation));
        await pool.Create(ModelRole.Objects, new ModelOptions { Onnx = good }, null).ReadyAsync(Cancellation);

        Assert.StartsWith($"{damaged} cannot be used: the model runtime does not survive it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ModelThatRunsAndOneThatIsNoModel_LeaveTheRuntimeAlive()
    {
        await ModelTrial.RunAsync(new TinyOnnx(1, 3, 32, 32).Output("output0", [1, 1, 6], [8, 8, 24, 24, 0.9f, 0]).Write(_directory.Path), Cancellation);
        await File.WriteAllTextAsync(_directory["noise.onnx"], "no model", Cancellation);

        await ModelTrial.RunAsync(_directory["noise.onnx"], Cancellation); // an error when it is loaded for good
    }

    private async Task<string> WriteDamagedAsync()
    {
        var onnx = _directory["damaged.onnx"];
        await using var packed = new GZipStream(new MemoryStream(Convert.FromBase64String(EndsTheRuntime)), CompressionMode.Decompress);
        await using var file = File.Create(onnx);
        await packed.CopyToAsync(file, Cancellation);
        return onnx;
    }
}
