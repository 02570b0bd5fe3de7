using System.Text.Json.Nodes;

namespace Ambianic.Server.Tests.Hosting;

public sealed class RuntimeConfigurationTests
{
    [Fact]
    public void Program_OnASmallComputer_CollectsAsOneProgramAmongOthersAndWithoutAThreadBeside()
    {
        var file = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ambianic.runtimeconfig.json"));
        var properties = JsonNode.Parse(file)!["runtimeOptions"]!["configProperties"]!;

        Assert.False((bool)properties["System.GC.Server"]!);
        Assert.False((bool)properties["System.GC.Concurrent"]!);
    }
}
