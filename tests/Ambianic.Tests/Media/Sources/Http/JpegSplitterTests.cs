using Ambianic.Media.Sources.Http;
using CsCheck;

namespace Ambianic.Tests.Media.Sources.Http;

public sealed class JpegSplitterTests
{
    private const int Largest = 1 << 20;
    private static readonly byte[][] Pictures = [Jpegs.Make(1), Jpegs.Make(2, 8, 8), Jpegs.WithThumbnail(Jpegs.Make(3, 80, 60), Jpegs.Make(4, 16, 16))];

    /// <summary>Bytes that mean something within a picture.</summary>
    private static readonly byte[] Telling = [0xFF, 0xFF, 0xFF, 0xD8, 0xDA, 0xD9, 0xC4, 0, 2];

    /// <summary>Anything between two pictures but the begin of one.</summary>
    private static readonly Gen<byte[]> Garbage = Gen.Byte.Select(value => value == 0xD8 ? (byte)0 : value).Array[0, 300];

    [Fact]
    public void Take_PicturesWithGarbageBetweenInPiecesOfAnySize_GivesEachPictureAsItIs() =>
        Gen.Select(Gen.Select(Gen.Int[0, Pictures.Length - 1], Garbage).Array[0, 6], Garbage, Gen.Int[1, 2000].Array[1, 20])
            .Sample((parts, end, sizes) =>
            {
                byte[] stream = [.. parts.SelectMany(part => part.Item2.Concat(Pictures[part.Item1])), .. end];

                var seen = Split(stream, sizes, out _);

                return seen.Count == parts.Length && seen.Zip(parts).All(pair => pair.First.AsSpan().SequenceEqual(Pictures[pair.Second.Item1]));
            });

    [Fact]
    public void Take_AnyBytes_StaysWithinItsLimit() =>
        Gen.Select(Gen.OneOf(Gen.Byte, Gen.Int[0, Telling.Length - 1].Select(i => Telling[i])).Array[0, 4000], Gen.Int[1, 500].Array[1, 5])
            .Sample((stream, sizes) => Split(stream, sizes, out _, largest: 300).TrueForAll(picture => picture.Length <= 300));

    [Fact]
    public void Take_PictureWithoutEndMarkerBeforeAnother_GivesBoth()
    {
        var seen = Split([.. Pictures[0].AsSpan(0, Pictures[0].Length - 2), .. Pictures[1]], [100], out _);

        Assert.Equal(2, seen.Count);
        Assert.Equal(Pictures[0][..^2], seen[0][..(Pictures[0].Length - 2)]);
        Assert.Equal(Pictures[1], seen[1]);
    }

    [Fact]
    public void Take_PictureLargerThanAllowed_IsSkippedAndTheNextIsGiven()
    {
        var seen = Split([.. Pictures[0], .. Pictures[1]], [1000], out var splitter, largest: Pictures[0].Length - 1);

        Assert.Equal(Pictures[1], Assert.Single(seen));
        Assert.Equal(1, splitter.TooLarge);
    }

    [Fact]
    public void Finish_WithinThePixels_GivesWhatCame()
    {
        var splitter = new JpegSplitter(Largest);
        var cut = Pictures[0].AsSpan(0, Pictures[0].Length - 2);

        Assert.False(splitter.Take(cut, out var used));
        Assert.Equal(cut.Length, used);
        Assert.True(splitter.Finish());
        Assert.Equal(cut.ToArray(), splitter.Picture[..cut.Length].ToArray());
    }

    [Fact]
    public void Finish_BeforeThePixels_GivesNothing()
    {
        var splitter = new JpegSplitter(Largest);
        splitter.Take(Pictures[0].AsSpan(0, 100), out _);

        Assert.False(splitter.Finish());
    }

    private static List<byte[]> Split(byte[] stream, int[] sizes, out JpegSplitter splitter, int largest = Largest)
    {
        splitter = new JpegSplitter(largest);
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
}
