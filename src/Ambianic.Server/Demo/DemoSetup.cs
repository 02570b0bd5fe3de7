using Ambianic.Configuration;
using Ambianic.Core;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;

namespace Ambianic.Server.Demo;

/// <summary>The configuration of the demo, written as a file that its user may read and copy from.</summary>
/// <param name="directory">Where the demo keeps its things.</param>
/// <param name="footage">A video file.</param>
internal sealed class DemoSetup(string directory, string footage)
{
    public string DataDir => Path.Combine(directory, "data");

    public string ConfigurationFile => Path.Combine(directory, "config.yaml");

    /// <summary>Writes the file and loads it as any other.</summary>
    public ConfigurationResult Configure()
    {
        Directory.CreateDirectory(directory);
        File.WriteAllText(ConfigurationFile, $"""
            # What `ambianic demo` runs. Written anew at each start: copy it before you change it.
            display_name: Ambianic demo
            data_dir: {Quoted(DataDir)}

            sources:
              street:
                uri: {Quoted(footage)}
                live: true          # a file that loops, as if it were a camera

            pipelines:
              street:
                - source: street
                - detect_objects:
                    label_filter: [person]
                    top_k: 10
                - save_detections:
                    positive_interval: 2

            """);
        var files = ConfigurationFiles.Locate(ConfigurationFile, directory, _ => null);
        return new ConfigurationLoader(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known).Load(files);
    }

    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
