using System.Globalization;
using System.Text.Json.Nodes;

namespace Ambianic.Server.Doctor;

/// <summary>Whether processor and memory are enough for what is configured, by what the models were measured to take.</summary>
internal static class CapacityExam
{
    private const double Full = 1;
    private const double Tight = 0.8;

    /// <summary>Bytes: the program with a model, and each camera with its decoder; docs/reference/performance.md.</summary>
    private const double Program = 200e6, Model = 60e6, Camera = 60e6;

    public static IReadOnlyList<Finding> Run(Examination examination, IReadOnlyList<ModelTiming> timings)
    {
        var uses = ModelUse.In(examination.Settings).ToList();
        return [.. timings.Select(timing => Sustained(timing, uses)), Memory(examination, timings.Count)];
    }

    /// <summary>Elements that look closer at what others found are counted as if somebody were always there.</summary>
    private static Finding Sustained(ModelTiming timing, IReadOnlyList<(ModelUse Use, double Fps)> uses)
    {
        var fps = uses.Where(use => use.Use == timing.Use).Sum(use => use.Fps);
        var workers = Inference.Sessions.DetectorPool.WorkersPerModel;
        var load = fps * timing.Milliseconds / 1000 / workers;
        var said = string.Create(CultureInfo.InvariantCulture, $"{fps:0.#} pictures a second x {timing.Milliseconds:0} ms on {workers} of {Environment.ProcessorCount} core(s): {load:P0} busy");
        var values = new JsonObject { ["model"] = timing.Name, ["fps"] = fps, ["inference_ms"] = Math.Round(timing.Milliseconds, 1), ["workers"] = workers, ["cores"] = Environment.ProcessorCount, ["load"] = Math.Round(load, 3) };
        var advice = "set a lower fps for the sources, use a faster model, or a faster computer; pictures that come too late are left out, the newest is looked at";
        return (load > Full ? Finding.Warning("capacity", $"not sustained: {said}", advice)
            : load > Tight ? Finding.Warning("capacity", $"tight: {said}", advice)
            : Finding.Ok("capacity", said)) with { Subject = timing.Name, Values = values };
    }

    private static Finding Memory(Examination examination, int models)
    {
        var cameras = examination.Settings.Pipelines.Count(pipeline => pipeline.IsEnabled);
        var needed = Program + (Model * Math.Max(0, models - 1)) + (Camera * cameras);
        var (total, available) = (GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Available() ?? double.MaxValue);
        var values = new JsonObject { ["needed_bytes"] = needed, ["total_bytes"] = total, ["available_bytes"] = available == double.MaxValue ? null : available };
        var said = string.Create(CultureInfo.InvariantCulture, $"about {needed / 1e6:0} MB are needed for {cameras} pipeline(s), this computer has {total / 1e6:0} MB{(available == double.MaxValue ? "" : $", {available / 1e6:0} MB free")}");
        return (needed > total ? Finding.Problem("capacity", $"too little memory: {said}", "use fewer cameras or a smaller width, or give the computer or container more memory")
            : needed > Math.Min(total, available) ? Finding.Warning("capacity", $"little memory is free: {said}", "end other programs, unless Ambianic itself runs and uses it")
            : Finding.Ok("capacity", said)) with { Subject = "memory", Values = values };
    }

    private static double? Available()
    {
        const string File = "/proc/meminfo", Key = "MemAvailable:";
        return System.IO.File.Exists(File)
            && System.IO.File.ReadLines(File).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal))?[Key.Length..].Trim().Split(' ')[0] is { } text
            && double.TryParse(text, CultureInfo.InvariantCulture, out var kilobytes) ? kilobytes * 1024 : null;
    }
}
