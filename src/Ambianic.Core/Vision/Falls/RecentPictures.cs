using Ambianic.Core.Frames;

namespace Ambianic.Core.Vision.Falls;

/// <summary>Keeps the pictures of the last seconds, so that a fall can be shown from before it happened.</summary>
/// <param name="pool">Lends the pixels of the copies.</param>
internal sealed class RecentPictures(FramePool pool) : IDisposable
{
    private const int Count = 4;
    private static readonly TimeSpan Spacing = TimeSpan.FromSeconds(1);
    private readonly Queue<Frame> _pictures = new();

    /// <summary>Oldest first; they belong to this collection.</summary>
    public IReadOnlyList<Frame> Pictures => [.. _pictures];

    /// <summary>Keeps a copy when the last one is a second old and the picture is not damaged.</summary>
    public void Offer(Frame frame)
    {
        if (frame.Damage == PictureDamage.Damaged)
        {
            return;
        }

        if (_pictures.LastOrDefault() is { } last && frame.Position >= last.Position && frame.Position - last.Position < Spacing)
        {
            return;
        }

        if (_pictures.Count == Count)
        {
            _pictures.Dequeue().Dispose();
        }

        var copy = pool.Rent(frame.Width, frame.Height, frame.Format, frame.Sequence, frame.CapturedAt, frame.Position, frame.Damage);
        frame.Buffer.CopyTo(copy.Buffer);
        _pictures.Enqueue(copy);
    }

    /// <summary>Gives all pictures back.</summary>
    public void Dispose()
    {
        while (_pictures.TryDequeue(out var picture))
        {
            picture.Dispose();
        }
    }
}
