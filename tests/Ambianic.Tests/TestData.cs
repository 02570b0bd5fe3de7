namespace Ambianic.Tests;

/// <summary>Recordings that are not part of the project; <c>AMBIANIC_TESTDATA</c> names the folder that holds them.</summary>
internal static class TestData
{
    /// <summary>Full path of a file or folder of the test data; skips the test when there is none.</summary>
    public static string Require(string relativePath)
    {
        var root = Environment.GetEnvironmentVariable("AMBIANIC_TESTDATA");
        if (string.IsNullOrEmpty(root))
        {
            Assert.Skip($"AMBIANIC_TESTDATA is not set: it names the folder that holds {relativePath}");
        }

        var path = Path.Combine(root, relativePath);
        if (!Path.Exists(path))
        {
            Assert.Skip($"AMBIANIC_TESTDATA has no {relativePath}");
        }

        return path;
    }
}
