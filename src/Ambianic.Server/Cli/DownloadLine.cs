using Ambianic.Inference.Models;

namespace Ambianic.Server.Cli;

/// <summary>Tells of a download in plain lines, one each tenth, so that it reads well in a log as well.</summary>
internal sealed class DownloadLine(TextWriter output) : IProgress<DownloadProgress>
{
    private readonly Dictionary<string, long> _said = [];

    public void Report(DownloadProgress value)
    {
        var tenth = value.Total > 0 ? value.Received * 10 / value.Total : 0;
        lock (_said)
        {
            if (_said.TryGetValue(value.What, out var said) && tenth <= said)
            {
                return;
            }

            _said[value.What] = tenth;
        }

        output.WriteLine($"fetching {value.What}: {tenth * 10} % of {value.Total / 1_000_000.0:0.#} MB");
    }
}
