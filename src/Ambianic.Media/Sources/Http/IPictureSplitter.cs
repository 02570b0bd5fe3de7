namespace Ambianic.Media.Sources.Http;

/// <summary>Finds pictures in a stream of bytes. Not safe to use from several threads.</summary>
internal interface IPictureSplitter
{
    /// <summary>Pictures that were larger than allowed, and were skipped.</summary>
    int TooLarge { get; }

    /// <summary>The picture that is whole; until the next call.</summary>
    ReadOnlyMemory<byte> Picture { get; }

    /// <summary>Takes bytes until a picture is whole or there are no more.</summary>
    /// <param name="data">The next bytes of the stream.</param>
    /// <param name="used">Bytes that were taken; the others are to be given again.</param>
    /// <returns>True when <see cref="Picture"/> is whole.</returns>
    bool Take(ReadOnlySpan<byte> data, out int used);

    /// <summary>The stream has ended. True when <see cref="Picture"/> holds what came of one; whether all of it is there is for the decoder to say.</summary>
    bool Finish();
}
