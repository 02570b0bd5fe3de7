namespace Ambianic.Tests;

/// <summary>Waits for what happens on other threads, with a generous limit and no fixed pauses.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks and not time: that in which a paused machine stands still does not count.</summary>
    private const int LooksInVain = 6000;

    public static async Task TrueAsync(Func<bool> condition)
    {
        for (var looks = 0; !condition(); looks++)
        {
            Assert.True(looks < LooksInVain, "it did not come true in half a minute");
            await Task.Delay(BetweenLooks, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public static async Task TrueAsync(Func<Task<bool>> condition)
    {
        for (var looks = 0; !await condition(); looks++)
        {
            Assert.True(looks < LooksInVain, "it did not come true in half a minute");
            await Task.Delay(BetweenLooks, TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }
}
