using Ambianic.Media.Sources.Http;
using CsCheck;
using SkiaSharp;

namespace Ambianic.Tests.Media.Sources.Http;

public sealed class PngSplitterTests
{
    private static readonly byte[] Picture = Make();

    [Fact]
    public void Take_PicturesWithTextBetweenInPiecesOfAnySize_GivesEachAsItIs() =>
        Gen.Int[1, 3000].Array[1, 20].Sample(sizes =>
        {
            byte[] stream = [.. "--b\r\n\r\n"u8, .. Picture, 0x89, .. "P\r\n--b\r\n\r\n"u8, 0x89, .. Picture, .. "\r\n"u8];

            var seen = Split(stream, sizes, out _, 1 << 20);

            return seen.Count == 2 && seen.TrueForAll(picture => picture.AsSpan().SequenceEqual(Picture));
        });

    [Fact]
    public void Take_AnyChunkLengths_StaysWithinItsLimit() =>
        Gen.Byte.Array[0, 500].Sample(bytes =>
            Split([.. PngSplitter.Signature, .. bytes], [100], out _, largest: 300).TrueForAll(picture => picture.Length <= 300));

    [Fact]
    public void Take_ChunkLargerThanAllowed_IsSkippedAndTheNextPictureIsGiven()
    {
        var seen = Split([.. PngSplitter.Signature, 0xFF, 0xFF, 0xFF, 0xFF, .. "IDAT"u8, .. Picture], [1000], out var splitter, Picture.Length);

        Assert.Equal(Picture, Assert.Single(seen));
        Assert.Equal(1, splitter.TooLarge);
    }

    private static List<byte[]> Split(byte[] stream, int[] sizes, out PngSplitter splitter, int largest)
    {
        splitter = new PngSplitter(largest);
        var seen = new List<byte[]>();
        for (var (at, i) = (0, 0); at < stream.Length; i++)
        {
            var piece = stream.AsSpan(at, Math.Min(sizes[i % sizes.Length], stream.Length - at));
            at += piece.Length;
            while (piece.Length > 0)
            {
                if (splitter.Take(piece, out var used))
                {
                    seen.Add(splitter.Picture.ToArray());
                }

                piece = piece[used..];
            }
        }

        return seen;
    }

    private static byte[] Make()
    {
        using var bitmap = SKBitmap.Decode(Jpegs.Make(1));
        return bitmap.Encode(SKEncodedImageFormat.Png, 100).ToArray();
    }
}
