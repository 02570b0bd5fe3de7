using System.Threading.Channels;
using Ambianic.Core.Frames;

namespace Ambianic.Tests.Core.Frames;

public sealed class FrameMailboxTests : IDisposable
{
    private readonly FramePool _pool = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Assert.Equal(0, _pool.Outstanding);

    [Fact]
    public async Task PostAsync_LatestWins_KeepsTheNewestAndGivesTheOthersBack()
    {
        var mailbox = FrameMailbox.LatestWins();
        for (var i = 0; i < 5; i++)
        {
            await mailbox.PostAsync(Frame(i), Cancellation);
        }

        Assert.Equal((4L, 1), (mailbox.Dropped, _pool.Outstanding));
        mailbox.Close();
        Assert.Equal([4], await ReadAsync(mailbox));
    }

    [Fact]
    public async Task PostAsync_LosslessAndFull_WaitsForTheReader()
    {
        var mailbox = FrameMailbox.Lossless(2);
        await mailbox.PostAsync(Frame(0), Cancellation);
        await mailbox.PostAsync(Frame(1), Cancellation);

        var third = mailbox.PostAsync(Frame(2), Cancellation).AsTask();
        Assert.False(third.IsCompleted);
        var reading = ReadAsync(mailbox);
        await third.WaitAsync(Eventually.Patience, Cancellation);
        mailbox.Close();

        Assert.Equal([0, 1, 2], await reading);
        Assert.Equal(0, mailbox.Dropped);
    }

    [Fact]
    public async Task PostAsync_ClosedOrCancelled_GivesTheFrameBack()
    {
        var closed = FrameMailbox.Lossless(1);
        closed.Close();
        var full = FrameMailbox.Lossless(1);
        await full.PostAsync(Frame(0), Cancellation);

        await Assert.ThrowsAsync<ChannelClosedException>(async () => await closed.PostAsync(Frame(0), Cancellation));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await full.PostAsync(Frame(1), new CancellationToken(canceled: true)));
        full.Drain();
    }

    [Fact]
    public async Task ReadAllAsync_ClosedWithAnError_GivesWhatIsHeldAndThenTheError()
    {
        var mailbox = FrameMailbox.Lossless(2);
        await mailbox.PostAsync(Frame(7), Cancellation);
        mailbox.Close(new SourceException("cut short"));
        var seen = new List<long>();

        var error = await Assert.ThrowsAsync<SourceException>(() => ReadAsync(mailbox, seen));

        Assert.Equal("cut short", error.Message);
        Assert.Equal([7], seen);
    }

    private static async Task<List<long>> ReadAsync(FrameMailbox mailbox, List<long>? into = null)
    {
        var seen = into ?? [];
        await foreach (var frame in mailbox.ReadAllAsync(Cancellation))
        {
            using (frame)
            {
                seen.Add(frame.Sequence);
            }
        }

        return seen;
    }

    private Frame Frame(long sequence) => _pool.Rent(4, 2, PixelFormat.I420, sequence);
}
