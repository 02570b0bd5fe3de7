namespace Ambianic;

/// <summary>Recordings that are not part of the project, in the folder that AMBIANIC_TESTDATA names.</summary>
internal static class TestData
{
    public static string Require(string path)
    {
        var root = Environment.GetEnvironmentVariable("AMBIANIC_TESTDATA");
        Assert.SkipWhen(string.IsNullOrEmpty(root), $"AMBIANIC_TESTDATA is not set: {path} is needed");
        var full = Path.Combine(root!, path);
        Assert.SkipUnless(Path.Exists(full), $"AMBIANIC_TESTDATA has no {path}");
        return full;
    }
}
