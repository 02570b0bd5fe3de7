using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Input;
using Ambianic.Inference.Labels;

namespace Ambianic.Inference.Models;

/// <summary>A model that Ambianic knows how to get, prepare and read.</summary>
/// <param name="Name">As in the configuration and on the command line, for example <c>nanodet</c>.</param>
/// <param name="Role">What it looks for.</param>
/// <param name="Origin">Where its files come from.</param>
/// <param name="Licence">As its authors state it: an SPDX identifier, or a sentence when they state none.</param>
/// <param name="Input">How pictures are prepared.</param>
/// <param name="Decoder">How its outputs are read.</param>
/// <param name="Labels">By class index.</param>
public sealed record CatalogModel(
    string Name,
    ModelRole Role,
    ModelOrigin Origin,
    string Licence,
    ModelInput Input,
    string Decoder,
    IReadOnlyList<string> Labels)
{
    /// <summary>The outputs that the decoder reads; null is all that the file has.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>From the model's scores to confidences, measured; null takes the scores as they are.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>The npm package that it comes from, with its version; null when it comes from elsewhere.</summary>
    public string? Package => Origin is NpmOrigin npm ? $"{npm.Package}@{npm.Version}" : null;
}

/// <summary>Where a model's files come from.</summary>
public abstract record ModelOrigin;

/// <summary>Files of an npm package, fetched with the npm client.</summary>
/// <param name="Package">For example <c>@vladmandic/human</c>.</param>
/// <param name="Version">Exact.</param>
/// <param name="PackageSize">Size of the packed archive in bytes; shows the progress of a download.</param>
/// <param name="Files">What the model needs; the first is the one that is imported.</param>
internal sealed record NpmOrigin(string Package, string Version, long PackageSize, IReadOnlyList<ModelFile> Files) : ModelOrigin
{
    /// <summary>For people.</summary>
    public override string ToString() => $"the npm package {Package}@{Version}";
}

/// <summary>An ONNX file of its publisher's web site.</summary>
/// <param name="Address">An <c>https</c> address without credentials.</param>
/// <param name="File">What is there.</param>
internal sealed record WebOrigin(Uri Address, ModelFile File) : ModelOrigin
{
    /// <summary>For people.</summary>
    public override string ToString() => Address.ToString();
}

/// <summary>A file whose content is known beforehand.</summary>
/// <param name="Path">In the package, with slashes; for a download its name.</param>
/// <param name="Size">In bytes.</param>
/// <param name="Sha256">Of its content, lower-case hexadecimal.</param>
internal sealed record ModelFile(string Path, long Size, string Sha256);

/// <summary>A model that is ready to be loaded.</summary>
/// <param name="Name">For people: the name in the catalog, or the file's.</param>
/// <param name="OnnxPath">A file that exists.</param>
/// <param name="Input">How pictures are prepared; null when it has to be found out from the ONNX graph.</param>
/// <param name="Decoder">How outputs are read; null when it has to be found out from the ONNX graph.</param>
/// <param name="Labels">By class index; null when they have to be found in the ONNX metadata.</param>
public sealed record ResolvedModel(
    string Name, string OnnxPath, ModelInput? Input, string? Decoder, IReadOnlyList<string>? Labels)
{
    /// <summary>What a person should know of this choice, for example that the file of the configuration is not there; or null.</summary>
    public string? Notice { get; init; }

    /// <summary>From the model's scores to confidences; null takes the scores as they are.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>The file that the labels come from, which the model's outputs tell how to count; null when there is none.</summary>
    public LabelList? LabelFile { get; init; }

    /// <summary>How many classes it tells apart, for outputs that do not show it; 0 when nobody knows.</summary>
    public int Classes { get; init; }
}
