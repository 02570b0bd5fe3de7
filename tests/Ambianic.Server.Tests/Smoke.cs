namespace Ambianic;
public sealed class Smoke { [Fact] public void Frame_DisposedTwice_IsReturnedOnce() { var pool = new Frames.FramePool(); var f = pool.Rent(2, 2, Frames.PixelFormat.I420); f.Dispose(); f.Dispose(); Assert.Equal(0, pool.Outstanding); } }
