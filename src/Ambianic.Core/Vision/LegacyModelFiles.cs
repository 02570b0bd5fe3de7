namespace Ambianic.Core.Vision;

/// <summary>What the names of model files in a configuration mean.</summary>
public static class LegacyModelFiles
{
    private const string EdgeTpuSuffix = "_edgetpu";

    /// <summary>Files that configurations of the reference system name, and that were part of it.</summary>
    private static readonly (string Prefix, ModelRole Role)[] WellKnown =
    [
        ("mobilenet_ssd_v2_coco_quant_postprocess", ModelRole.Objects),
        ("mobilenet_ssd_v2_face_quant_postprocess", ModelRole.Faces),
        ("posenet_mobilenet_v1_", ModelRole.Poses),
    ];

    /// <summary>The role of a file that the catalog has something else for; null when only the file itself will do.</summary>
    public static ModelRole? RoleOfWellKnown(string path)
    {
        var name = Path.GetFileName(path);
        var file = Array.Find(WellKnown, file => name.StartsWith(file.Prefix, StringComparison.OrdinalIgnoreCase));
        return file.Prefix is null ? null : file.Role;
    }

    /// <summary>True when a file's name says that it is compiled for the Edge TPU.</summary>
    public static bool IsForEdgeTpu(string path) =>
        Path.GetFileName(path).Contains(EdgeTpuSuffix, StringComparison.OrdinalIgnoreCase);

    /// <summary>The file that one for the Edge TPU was compiled from, as it is usually called.</summary>
    public static string OriginOf(string edgeTpu) => Path.Combine(
        Path.GetDirectoryName(edgeTpu) ?? "", Path.GetFileName(edgeTpu).Replace(EdgeTpuSuffix, "", StringComparison.OrdinalIgnoreCase));

    /// <summary>The one file of a configuration that is used, and its key; null when the model is one of the catalog.</summary>
    public static (string Key, string Path)? Used(ModelOptions? options) => options switch
    {
        null or { Name.Length: > 0 } => null,
        { Onnx: { Length: > 0 } onnx } => ("onnx", onnx),
        { Tflite: { Length: > 0 } tflite } => ("tflite", IsForEdgeTpu(tflite) ? OriginOf(tflite) : tflite),
        { Edgetpu: { Length: > 0 } edgetpu } => ("edgetpu", OriginOf(edgetpu)),
        _ => null,
    };
}
