namespace Ambianic.Server.Doctor;

/// <summary>Examines everything. Changes nothing, and may run beside the running program.</summary>
internal static class Checkup
{
    /// <summary>Runs all examinations: what measures the processor and the disk first, then all that waits for others, at once.</summary>
    /// <param name="examination">What is examined.</param>
    /// <param name="progress">Told what is examined now, for people.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public static async Task<DoctorReport> RunAsync(Examination examination, Action<string> progress, CancellationToken cancellation)
    {
        List<Finding> findings = [];
        await AddAsync("configuration", () => Task.FromResult(ConfigurationExam.Run(examination)));
        await AddAsync("clock", () => Task.FromResult(ClockExam.Run(examination)));
        await AddAsync("permissions", () => Task.FromResult(PermissionExam.Run(examination)));
        await AddAsync("disk", () => DiskExam.RunAsync(examination, cancellation));
        await AddAsync("ffmpeg", () => FfmpegExam.RunAsync(examination.Time, cancellation));
        IReadOnlyList<ModelTiming> timings = [];
        await AddAsync("model", async () =>
        {
            (var models, timings) = await ModelExam.RunAsync(examination, cancellation);
            return models;
        });
        await AddAsync("capacity", () => Task.FromResult(CapacityExam.Run(examination, timings)));
        progress("cameras, broker, providers, port");
        var waiting = new[]
        {
            CatchAsync("camera", () => CameraExam.RunAsync(examination, cancellation)),
            CatchAsync("broker", () => BrokerExam.RunAsync(examination, cancellation)),
            CatchAsync("provider", () => ProviderExam.RunAsync(examination, cancellation)),
            CatchAsync("port", () => PortExam.RunAsync(examination, cancellation)),
            CatchAsync("service", () => ServiceExam.RunAsync(examination.Time, cancellation)),
        };
        foreach (var found in await Task.WhenAll(waiting))
        {
            findings.AddRange(found);
        }

        return new DoctorReport(findings, examination.Time.GetUtcNow());

        async Task AddAsync(string check, Func<Task<IReadOnlyList<Finding>>> run)
        {
            progress(check);
            findings.AddRange(await CatchAsync(check, run));
        }
    }

    /// <summary>A defect of one examination must not hide what the others find.</summary>
    private static async Task<IReadOnlyList<Finding>> CatchAsync(string check, Func<Task<IReadOnlyList<Finding>>> run)
    {
        try
        {
            return await run();
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            return [Finding.Problem(check, $"could not be examined: {error.Message}", "run it again; when it stays so, report it with the output of this command")];
        }
    }
}
