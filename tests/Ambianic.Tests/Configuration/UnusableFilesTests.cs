using System.Text;

namespace Ambianic.Tests.Configuration;

public sealed class UnusableFilesTests : LoaderFixture
{
    [Fact]
    public void Load_NoMainFile_SaysSo()
    {
        var problem = Assert.Single(Load().Problems);

        Assert.Equal("config.yaml: does not exist; create it, or name another with -c FILE", problem.ToString());
    }

    [Fact]
    public void Load_DirectoryInsteadOfFile_SaysSo()
    {
        Directory.CreateDirectory(Folder["config.yaml"]);

        Assert.Equal("config.yaml: is a directory; name a file in it", Assert.Single(Load().Problems).ToString());
    }

    [Fact]
    public void Load_FileThatMayNotBeRead_SaysSo()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess || OperatingSystem.IsWindows(), "needs a user who may not read everything: run as another than root");
        Write("config.yaml", "pipelines:");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Folder["config.yaml"], UnixFileMode.None);
        }

        Assert.Contains("may not be read", Assert.Single(Load().Problems).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("config.yaml", 1)]
    [InlineData("config.local.yaml", 0)] // as if it were empty
    public async Task Load_PipeInPlaceOfAFile_IsNotWaitedFor(string name, int problems)
    {
        Write("config.yaml", "pipelines: { hall: [ source: { uri: \"rtsp://camera/\" } ] }");
        File.Delete(Folder[name]);
        NamedPipe.Make(Folder[name]);

        var result = await Task.Run(Load, TestContext.Current.CancellationToken)
            .WaitAsync(Eventually.Patience, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(problems, result.Problems.Count(problem => problem.Message.Contains("a pipe", StringComparison.Ordinal)));
    }

    public static TheoryData<byte[], string> NoYamlText => new()
    {
        { [], "config.yaml: is empty, or no file but a device or a pipe; it needs at least a pipeline under 'pipelines:'" },
        { "# nothing\n---\n"u8.ToArray(), "config.yaml: is empty; it needs at least a pipeline under 'pipelines:'" },
        { [0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0], "config.yaml: is a binary file; a configuration is YAML text" },
        { [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("a: b")], "config.yaml: is UTF-16; save it as UTF-8" },
        { Encoding.Latin1.GetBytes("a: 1\nname: Küche"), "config.yaml:2:8: is not UTF-8 from here on; save the file as UTF-8" },
        { "a: 1\nb: x\u0007y"u8.ToArray(), "config.yaml:2:5: holds the control character U+0007; remove it" },
        { "a: [1, 2\nb: 3\n"u8.ToArray(), "config.yaml:2:1: is not valid YAML: something before this is not closed or not separated" },
    };

    [Theory]
    [MemberData(nameof(NoYamlText))]
    public void Load_NoYaml_IsOneError(byte[] content, string expected)
    {
        File.WriteAllBytes(Folder["config.yaml"], content);

        Assert.Equal(expected, Assert.Single(Load().Problems).ToString());
    }

    [Theory]
    [Slow]
    [InlineData("[", 10_000_000)]
    [InlineData("{", 10_000_000)]
    [InlineData("{a: ", 2_500_000)]
    [InlineData("- ", 5_000_000)]
    [InlineData("? ", 5_000_000)]
    [InlineData("[\n", 5_000_000)]
    [InlineData("a: &b [*b]\n", 900_000)]
    [InlineData("- 1\n", 2_500_000)]
    [InlineData("x", 17_000_000)]
    public async Task Load_EnormousFile_IsAnErrorSoon(string part, int times)
    {
        Write("config.yaml", new StringBuilder().Insert(0, part, times).ToString());

        var result = await Task.Run(Load).WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);

        Assert.True(result.HasErrors);
    }

    [Fact]
    public void Load_AliasesThatNestEachOther_AreBoundedInDepth()
    {
        var text = new StringBuilder("x-0: &a0 [[[[[[[[[[1]]]]]]]]]]\n");
        for (var i = 1; i < 2000; i++)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"x-{i}: &a{i} [[[[[[[[[[*a{i - 1}]]]]]]]]]]\n");
        }

        Assert.Contains("levels deep", Assert.Single(LoadText(text.ToString()).Problems).Message, StringComparison.Ordinal);
    }
}
