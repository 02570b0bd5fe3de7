using Ambianic.Core.Pipelines;
using Ambianic.Core.Timeline;

namespace Ambianic.Server.Live;

/// <summary>
/// Encodes what pipelines see, when somebody looks and no sooner. Whoever wants the same picture gets the same one: many who look at a camera
/// cost as much as one. Safe to use from several threads.
/// </summary>
internal sealed class LivePictures(Scenes scenes, IEventPictureEncoder encoder)
{
    /// <summary>Encoded pictures that are kept for the next who asks.</summary>
    private const int MostKept = 16;

    private readonly Lock _gate = new();
    private readonly Dictionary<PictureWish, Shelf> _shelves = [];

    /// <summary>The newest picture; null when there is none.</summary>
    /// <exception cref="IOException">It cannot be encoded.</exception>
    public LivePicture? Newest(PictureWish wish)
    {
        Shelf? shelf;
        lock (_gate)
        {
            if (!_shelves.TryGetValue(wish, out shelf))
            {
                if (_shelves.Count >= MostKept)
                {
                    _shelves.Clear();
                }

                _shelves[wish] = shelf = new Shelf();
            }
        }

        return shelf.Newest(scenes.Of(wish.Pipeline), wish, encoder);
    }

    /// <summary>Waits for a picture with a greater number, for a second at most.</summary>
    public async Task WaitAsync(string pipeline, long after, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await scenes.Of(pipeline).NextAsync(after, cancellation).WaitAsync(TimeSpan.FromSeconds(1), time, cancellation);
        }
        catch (TimeoutException)
        {
            // a camera that gives nothing, or one of few pictures
        }
    }

    /// <summary>The newest picture of one wish.</summary>
    private sealed class Shelf
    {
        private readonly Lock _gate = new();
        private LivePicture? _last;

        public LivePicture? Newest(Scene scene, PictureWish wish, IEventPictureEncoder encoder)
        {
            lock (_gate)
            {
                if (scene.Number == 0)
                {
                    return _last = null; // the pipeline has stopped
                }

                using var picture = scene.Newest(_last?.Number ?? 0);
                if (picture is not null)
                {
                    var width = wish.Width == 0 ? picture.Frame.Width : wish.Width;
                    _last = new LivePicture(
                        picture.Number, picture.Frame.CapturedAt, encoder.Encode(picture.Frame, width, wish.Boxes ? picture.Detections : []));
                }

                return _last;
            }
        }
    }
}
