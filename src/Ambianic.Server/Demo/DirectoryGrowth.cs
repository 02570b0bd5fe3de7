namespace Ambianic.Server.Demo;

/// <summary>Tells how far a download of known size is by looking at the folder that it goes to.</summary>
internal sealed class DirectoryGrowth : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);
    private readonly ITimer _timer;

    private DirectoryGrowth(string directory, long expected, IProgress<double> progress) =>
        _timer = TimeProvider.System.CreateTimer(_ => progress.Report(Share(directory, expected)), null, Interval, Interval);

    /// <summary>Reports until disposed.</summary>
    /// <param name="directory">Looked at with everything in it.</param>
    /// <param name="expected">Bytes in the end.</param>
    /// <param name="progress">Receives the share, 0 to 1.</param>
    public static DirectoryGrowth Watch(string directory, long expected, IProgress<double> progress) => new(directory, expected, progress);

    public void Dispose() => _timer.Dispose();

    private static double Share(string directory, long expected)
    {
        try
        {
            var size = new DirectoryInfo(directory).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length);
            return Math.Clamp((double)size / expected, 0, 1);
        }
        catch (IOException)
        {
            return 0; // a file was renamed while we looked; the next look sees it
        }
    }
}
