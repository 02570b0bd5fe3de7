using System.CommandLine;
using Ambianic.Core.Vision;
using Ambianic.Inference;
using Ambianic.OnnxImport;
using Ambianic.Server.Cli;
using Ambianic.Server.Hosting;

NativeMemory.KeepTogether();
Console.SetError(new MaskedWriter(Console.Error));
try
{
    return await Commands.Create().Parse(args).InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromSeconds(10),
    });
}
catch (OperationCanceledException)
{
    return 130; // as a shell reports a program that was interrupted
}
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ModelException or ModelImportException or InferenceException)
{
    // What a person can act on; anything else is a defect and shows its stack.
    await Console.Error.WriteLineAsync($"ambianic: {error.Message}");
    return 1;
}
catch (Exception error)
{
    await Console.Error.WriteLineAsync($"Unhandled exception. {error}"); // as the runtime would, which masks nothing
    return 134;
}
