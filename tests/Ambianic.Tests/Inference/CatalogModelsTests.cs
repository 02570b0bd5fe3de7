using Ambianic.Models;
using Ambianic.Vision;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ambianic.Inference;

/// <summary>What a user sees of the catalog's models at the default threshold.</summary>
public sealed class CatalogModelsTests
{
    private const float DefaultThreshold = 0.6f;

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

    private static async Task<IReadOnlyList<Detection>> LookAsync(string name, string picture)
    {
        var path = await PulledModels.RequireAsync(name);
        var model = ModelCatalog.Find(name)!;
        using var pool = new DetectorPool(
            (_, _, _, _) => Task.FromResult(new ResolvedModel(name, path, model.Input, model.Decoder, model.Labels) { Calibration = model.Calibration }),
            TimeProvider.System,
            NullLogger<DetectorPool>.Instance);
        var pictures = new PictureDetector(pool.Create(model.Role, null, null), TimeProvider.System);
        return (await pictures.DetectAsync(TestData.Require($"pictures/{picture}"), DefaultThreshold, TestContext.Current.CancellationToken)).Detections;
    }
}
