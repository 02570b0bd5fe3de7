namespace Ambianic.Tests;

/// <summary>Files of the project that tests read where they are.</summary>
internal static class ProjectFiles
{
    private static readonly string Root = FindRoot(new DirectoryInfo(AppContext.BaseDirectory));

    /// <summary>The full path of a file or folder that is named relative to the project's root.</summary>
    public static string Locate(string path) => Path.Combine(Root, path);

    private static string FindRoot(DirectoryInfo directory) => File.Exists(Path.Combine(directory.FullName, "Ambianic.slnx"))
        ? directory.FullName
        : FindRoot(directory.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not within the project"));
}
