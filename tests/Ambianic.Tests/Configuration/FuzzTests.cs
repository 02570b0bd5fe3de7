using System.Text;
using Ambianic.Configuration;
using Ambianic.Core.Configuration;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Configuration;

/// <summary>Whatever becomes of a file, the answer is a list of problems. Alone: half of an address that ends up under a key for secrets is a secret to the whole process.</summary>
[Collection(Alone.Name)]
public sealed class FuzzTests : IDisposable
{
    private const int Rounds = 2000;
    private static readonly string Folder = ProjectFiles.Locate("tests/Ambianic.Tests/Configuration/fixtures/reference");
    private static readonly string[] Pieces =
        ["[", "]", "{", "}", ":", "- ", "? ", "&a ", "*a", "<<: ", "|\n", ">\n", "'", "\"", "\n", "\t", "  ", "#", "!!int ", "%", "@", "\0", "\u0085", "é", "null", "-1", "~", "\\0", "---\n", ",", "://"];

    public void Dispose() => KnownSecrets.Clear();

    [Fact]
    [Slow]
    public void Load_DamagedFiles_NeverThrows()
    {
        var random = new Random(20240229);
        var loader = new ConfigurationLoader(TestElements.Registry(), ModelCatalog.Known);
        var originals = new[] { "secrets.yaml", "config.yaml" }.Select(name => File.ReadAllText(Path.Combine(Folder, name))).ToArray();
        var rejected = 0;
        for (var round = 0; round < Rounds; round++)
        {
            var damaged = originals.Select(original => Damage(original, random)).ToArray();
            try
            {
                var result = loader.Load(
                    [new ConfigurationText("secrets.yaml", damaged[0]) { IsSecret = true }, new ConfigurationText("config.yaml", damaged[1]) { IsRequired = true }],
                    "/home",
                    new ProblemList());
                Assert.All(result.Problems, problem => Assert.DoesNotContain('\n', problem.ToString()));
                rejected += result.HasErrors ? 1 : 0;
            }
            catch (Exception error)
            {
                Assert.Fail($"round {round}: {error}\n{Encoding.UTF8.GetString(damaged[0])}\n=====\n{Encoding.UTF8.GetString(damaged[1])}");
            }
        }

        Assert.InRange(rejected, Rounds / 4, Rounds);
    }

    private static byte[] Damage(string original, Random random)
    {
        var text = new StringBuilder(original);
        for (var times = random.Next(4); times > 0 && text.Length > 0; times--)
        {
            var at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 1:
                    text.Remove(at, Math.Min(random.Next(1, 40), text.Length - at));
                    break;
                case 2:
                    text[at] = (char)random.Next(128);
                    break;
                default:
                    text.Insert(random.Next(text.Length), text.ToString(at, Math.Min(random.Next(1, 80), text.Length - at)));
                    break;
            }
        }

        var bytes = Encoding.UTF8.GetBytes(text.ToString());
        if (random.Next(50) == 0 && bytes.Length > 0)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }
}
