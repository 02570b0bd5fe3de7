using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Configuration;

public sealed class DocumentationTests
{
    [Fact]
    public void Reference_EveryKeyOfEveryOptionsRecord_IsMentioned()
    {
        var page = File.ReadAllText(ProjectFiles.Locate("docs/reference/configuration.md"));
        var records = typeof(ElementRegistry).Assembly.GetExportedTypes()
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal))
            .Append(typeof(AmbianicConfiguration))
            .SelectMany(WithNested)
            .Distinct();

        var missing = records
            .SelectMany(record => OptionKeys.Of(record).Keys.Select(key => (Record: record.Name, Key: key)))
            .Where(option => !page.Contains($"`{option.Key}`", StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    private static IEnumerable<Type> WithNested(Type record) => OptionKeys.Of(record).Values
        .Select(property => property.PropertyType)
        .Where(type => type.IsClass && type.Assembly == record.Assembly)
        .SelectMany(WithNested)
        .Prepend(record);

    [Fact]
    public void Samples_Checked_AreValid()
    {
        var main = ProjectFiles.Locate("samples/config.yaml");

        var result = new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known).Load(ConfigurationFiles.Locate(main, "/home", _ => null));

        Assert.Equal("0 errors, 0 warnings", result.Report());
        Assert.Equal(["people_at_the_door", "garage", "grandmother", "try_it"], result.Configuration.Pipelines.Select(pipeline => pipeline.Name));
        Assert.DoesNotContain("change-me", result.Effective.ToJsonString(), StringComparison.Ordinal);
    }
}
