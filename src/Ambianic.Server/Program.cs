using System.CommandLine;
using Ambianic.Cli;
using Ambianic.Configuration;
using Ambianic.Hosting;
using Ambianic.Models;
using Ambianic.Vision;

NativeMemory.KeepTogether();
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
catch (Exception error) when (error is IOException or InvalidDataException or UnauthorizedAccessException or ModelException or InferenceException)
{
    // What a person can act on; anything else is a defect and shows its stack.
    await Console.Error.WriteLineAsync($"ambianic: {Credentials.Mask(error.Message)}");
    return 1;
}
