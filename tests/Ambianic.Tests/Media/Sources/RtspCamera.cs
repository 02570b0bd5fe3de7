using System.Diagnostics;
using System.Globalization;
using Ambianic.Tests.Media.Processes;

namespace Ambianic.Tests.Media.Sources;

/// <summary>A real RTSP server on the loopback interface that serves a moving picture at <c>/camera</c>.</summary>
internal sealed class RtspCamera : IDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's, which has GStreamer's bindings
    private static readonly Lazy<string?> Missing = new(FindMissing);
    private readonly Process _process;
    private bool _isEnded;

    private RtspCamera(Process process, int port)
    {
        _process = process;
        Port = port;
        ProcessId = process.Id;
    }

    public int Port { get; }

    public string Address => $"rtsp://127.0.0.1:{Port}/camera";

    /// <summary>Address of a camera made to order, for each viewer anew; rtsp_server.py says what can be wished for.</summary>
    /// <param name="wishes">For example <c>fps=10&amp;gop=150</c>.</param>
    public string Made(string wishes) => $"rtsp://127.0.0.1:{Port}/made?{wishes}";

    /// <summary>Starts it; skips the test when its parts are not installed.</summary>
    /// <param name="port">0 takes a free one.</param>
    /// <param name="credentials">User and password that it asks for, or nothing; then the PEM file of certificate and key with which it speaks TLS, or nothing.</param>
    public static async Task<RtspCamera> StartAsync(int port = 0, params string[] credentials)
    {
        Clips.RequireFfmpeg();
        if (Missing.Value is { } missing)
        {
            Assert.Skip($"no RTSP server (apt-get install python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-ugly): {missing}");
        }

        var process = Start([Script(), port.ToString(CultureInfo.InvariantCulture), .. credentials]);
        var line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken).AsTask()
            .WaitAsync(Eventually.Patience, TestContext.Current.CancellationToken);
        return new RtspCamera(process, int.Parse(line!, CultureInfo.InvariantCulture));
    }

    public int ProcessId { get; }

    /// <summary>Goes on with upright pictures in the same stream, or again with wide ones.</summary>
    public void ChangeSize() => RunningProcesses.Signal([ProcessId], RunningProcesses.User1);

    /// <summary>Lets the cameras that wait to be asked send their first key frame.</summary>
    public void SendKeyFrame() => RunningProcesses.Signal([ProcessId], RunningProcesses.User2);

    /// <summary>Ends it. Calling it again does nothing.</summary>
    public void Dispose()
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static string Script([System.Runtime.CompilerServices.CallerFilePath] string path = "") =>
        Path.Combine(Path.GetDirectoryName(path)!, "rtsp_server.py");

    private static string? FindMissing()
    {
        if (!File.Exists(Python))
        {
            return Python;
        }

        using var process = Start(
            ["-c", "import gi; gi.require_version('GstRtspServer', '1.0'); from gi.repository import Gst, GstRtspServer\n"
                + "Gst.init(None)\nfor name in ('x264enc', 'rtph264pay'): assert Gst.ElementFactory.find(name), name"]);
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? null : error.Trim().Split('\n')[^1];
    }

    private static Process Start(IEnumerable<string> arguments) => Process.Start(new ProcessStartInfo(Python, arguments)
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;
}
