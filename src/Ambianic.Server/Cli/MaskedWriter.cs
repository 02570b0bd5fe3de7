using System.Text;
using Ambianic.Core.Configuration;

namespace Ambianic.Server.Cli;

/// <summary>Passes text on with credentials masked: what a command, a library or the reading of arguments says to the console.</summary>
internal sealed class MaskedWriter(TextWriter inner) : TextWriter
{
    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <inheritdoc/>
    public override void Write(char value) => inner.Write(value);

    /// <inheritdoc/>
    public override void Write(string? value) => inner.Write(Masked(value));

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    /// <inheritdoc/>
    public override void WriteLine(string? value) => inner.WriteLine(Masked(value));

    /// <inheritdoc/>
    public override Task WriteAsync(string? value) => inner.WriteAsync(Masked(value));

    /// <inheritdoc/>
    public override Task WriteLineAsync(string? value) => inner.WriteLineAsync(Masked(value));

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    /// <inheritdoc/>
    public override Task FlushAsync() => inner.FlushAsync();

    private static string? Masked(string? value) => value is null ? null : Credentials.Mask(value);
}
