using Ambianic.Core.Frames;
using Ambianic.Core.Pipelines;
using Ambianic.Core.Vision;
using Ambianic.Core.Vision.Elements;
using Ambianic.Core.Vision.Zones;
using Ambianic.Evaluation.Accuracy;
using Ambianic.Inference.Models;
using Ambianic.Inference.Sessions;
using Ambianic.Media.Pictures;
using Ambianic.Tests.Inference.Models;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Tests.Inference.Sessions;

/// <summary>What a user sees of the catalog's models at the default threshold.</summary>
[Slow]
public sealed class CatalogModelsTests
{
    private const float DefaultThreshold = 0.6f;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("person.jpg", 1)]
    [InlineData("person-couch.jpg", 1)]
    [InlineData("person2-face1.jpg", 2)]
    [InlineData("person_thermal_bw.jpg", 1)]
    [InlineData("background.jpg", 0)]
    public async Task Default_Picture_ShowsItsPersons(string picture, int persons)
    {
        var found = await LookAsync(ModelCatalog.Default(ModelRole.Objects).Name, picture);

        Assert.Equal(persons, found.Count(detection => detection.Label == "person"));
    }

    [Theory]
    [InlineData("nanodet")]
    [InlineData("centernet")]
    public async Task Objects_PersonOnACouch_ShowsBoth(string model)
    {
        var found = await LookAsync(model, "person-couch.jpg");

        Assert.Contains(found, detection => detection.Label == "person");
        Assert.Contains(found, detection => detection.Label == "couch");
    }

    [Theory]
    [InlineData("nanodet")]
    [InlineData("centernet")]
    public async Task Objects_EmptyRoom_ShowsNothing(string model) => Assert.Empty(await LookAsync(model, "background.jpg"));

    [Theory]
    [InlineData("person-face.jpg", 1)]
    [InlineData("person.jpg", 1)]
    [InlineData("person2-face1.jpg", 1, 2)]
    [InlineData("background.jpg", 0)]
    [InlineData("person-no-face.jpg", 0)]
    public async Task Faces_InsidePersons_AreThoseThatLookAtUs(string picture, params int[] faces)
    {
        Assert.Contains(await CountFacesAsync($"pictures/{picture}"), faces);
    }

    [Theory]
    [InlineData("000000001675.jpg")]
    [InlineData("000000004795.jpg")]
    [InlineData("000000010363.jpg")]
    public async Task Faces_Cat_AreNone(string picture) => Assert.Equal(0, await CountFacesAsync($"coco/images/{picture}"));

    /// <summary>Who holds a cat, or lies under it: the person's box is that of the cat, or the whole picture.</summary>
    [Theory]
    [InlineData("000000001675.jpg", 0, 0.03f, 1, 0.64f)]
    [InlineData("000000001675.jpg", 0, 0, 1, 1)]
    [InlineData("000000004795.jpg", 0.24f, 0.24f, 0.86f, 1)]
    [InlineData("000000004795.jpg", 0, 0, 1, 1)]
    [InlineData("000000010363.jpg", 0.38f, 0.3f, 0.74f, 0.68f)]
    [InlineData("000000010363.jpg", 0, 0, 1, 1)]
    public async Task Faces_CatWhereAPersonIs_AreNone(string picture, float left, float top, float right, float bottom)
    {
        using var frame = PictureDecoder.Decode(await File.ReadAllBytesAsync(TestData.Require($"coco/images/{picture}"), Cancellation), new FramePool());
        using var inside = await PoolAsync(ModelCatalog.Default(ModelRole.Faces));
        var element = new DetectFaces(new DetectFacesOptions(), inside.Create(ModelRole.Faces, null, null));
        List<Sample> passed = [];

        await element.InvokeAsync(
            new Sample(frame) { Detections = [new Detection("person", 0.9f, new Box(left, top, right, bottom))] },
            (sample, _) =>
            {
                passed.Add(sample);
                return ValueTask.CompletedTask;
            },
            Cancellation);

        Assert.Empty(Assert.Single(passed).Detections);
    }

    /// <summary>Faces inside persons, both found by the default models.</summary>
    private static async Task<int> CountFacesAsync(string picture)
    {
        using var frame = PictureDecoder.Decode(await File.ReadAllBytesAsync(TestData.Require(picture), Cancellation), new FramePool());
        using var persons = await PoolAsync(ModelCatalog.Default(ModelRole.Objects));
        using var inside = await PoolAsync(ModelCatalog.Default(ModelRole.Faces));
        var element = new DetectFaces(new DetectFacesOptions(), inside.Create(ModelRole.Faces, null, null));
        var found = 0;

        await new DetectObjects(new DetectObjectsOptions(), persons.Create(ModelRole.Objects, null, null), () => 1, ZoneMap.None, null, NullLogger<DetectObjects>.Instance).InvokeAsync(
            new Sample(frame),
            (sample, cancellation) => element.InvokeAsync(
                sample,
                (face, _) =>
                {
                    found += face.Detections.Count;
                    return ValueTask.CompletedTask;
                },
                cancellation),
            Cancellation);

        return found;
    }

    [Theory]
    [InlineData("person.jpg", 1)]
    [InlineData("person2-face1.jpg", 2)]
    [InlineData("fall_img_2_2.png", 1)]
    [InlineData("background.jpg", 0)]
    public async Task Poses_Picture_ShowsItsBodies(string picture, int bodies)
    {
        var found = await LookAsync(ModelCatalog.Default(ModelRole.Poses).Name, picture);

        Assert.Equal(bodies, found.Count);
        Assert.All(found, body => Assert.Equal(17, body.Keypoints.Count));
    }

    [Theory]
    [InlineData("movenet-thunder", "person.jpg", 1)]
    [InlineData("movenet-thunder", "person-couch.jpg", 1)]
    [InlineData("movenet-thunder", "background.jpg", 0)]
    [InlineData("movenet-lightning", "person.jpg", 1)]
    [InlineData("movenet-lightning", "person-couch.jpg", 1)]
    [InlineData("movenet-lightning", "background.jpg", 0)]
    public async Task Poses_ModelOfOneBody_ShowsIt(string model, string picture, int bodies) =>
        Assert.Equal(bodies, (await LookAsync(model, picture)).Count);

    private static async Task<IReadOnlyList<Detection>> LookAsync(string name, string picture)
    {
        var path = TestData.Require($"pictures/{picture}");
        var model = ModelCatalog.Find(name)!;
        using var pool = await PoolAsync(model);
        var pictures = new PictureDetector(pool.Create(model.Role, null, null), TimeProvider.System);
        return (await pictures.DetectAsync(path, DefaultThreshold, Cancellation)).Detections;
    }

    private static async Task<DetectorPool> PoolAsync(CatalogModel model)
    {
        var path = await PulledModels.RequireAsync(model.Name);
        return new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel(model.Name, path, model.Input, model.Decoder, model.Labels) { Calibration = model.Calibration }),
            TimeProvider.System,
            NullLogger<DetectorPool>.Instance);
    }
}
