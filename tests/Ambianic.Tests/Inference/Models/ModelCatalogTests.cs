using Ambianic.Core.Vision;
using Ambianic.Inference.Labels;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Inference.Models;

public sealed class ModelCatalogTests
{
    [Fact]
    public void All_Names_AreUnique() =>
        Assert.Equal(ModelCatalog.All.Count, ModelCatalog.All.Select(model => model.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count());

    [Theory]
    [InlineData(ModelRole.Objects)]
    [InlineData(ModelRole.Faces)]
    [InlineData(ModelRole.Poses)]
    public void Default_EveryRole_IsAModelOfThatRoleFromAPackage(ModelRole role)
    {
        var model = ModelCatalog.Default(role);

        Assert.Equal(role, model.Role);
        Assert.IsType<NpmOrigin>(model.Origin);
    }

    /// <summary>A threshold means the same for all of them; those of a web site could not be had where it was measured.</summary>
    [Fact]
    public void All_ModelsOfAPackage_AreCalibrated()
    {
        var packed = ModelCatalog.All.Where(model => model.Origin is NpmOrigin).ToList();

        Assert.NotEmpty(packed);
        Assert.All(packed, model => Assert.NotNull(model.Calibration));
    }

    [Fact]
    public void All_Origins_HaveSizesHashesAndHttps() => Assert.All(ModelCatalog.All, model =>
    {
        var files = model.Origin switch
        {
            NpmOrigin npm => npm.Files,
            WebOrigin web => [web.File],
            _ => [],
        };
        Assert.NotEmpty(files);
        Assert.All(files, file => Assert.True(file.Size > 0 && file.Sha256.Length == 64));
        Assert.True(model.Origin is not WebOrigin { Address.Scheme: not "https" });
    });

    [Fact]
    public void Labels_Coco_AreEightyAndUnique() => Assert.Equal(80, LabelSets.Coco80.Distinct().Count());
}
