using Ambianic.Media.Sources;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Media.Sources;

public sealed class StallTimerTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly FakeTimeProvider _time = new();
    private readonly StallTimer _timer;

    public StallTimerTests() => _timer = new StallTimer(Limit, Longest, _time);

    public void Dispose() => _timer.Dispose();

    [Fact]
    public void Stalled_WaitedForTheLimit_IsCancelled()
    {
        _timer.Start();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(_timer.Stalled.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(0.1));

        Assert.True(_timer.Stalled.IsCancellationRequested);
    }

    [Fact]
    public void Stalled_TimerIsLateBecauseTheProgramStoodStill_WaitsAnew()
    {
        _timer.Start();
        _time.Advance(TimeSpan.FromMinutes(1)); // it rings once, 50 s late

        Assert.False(_timer.Stalled.IsCancellationRequested);
        _time.Advance(Limit);
        Assert.True(_timer.Stalled.IsCancellationRequested);
    }

    [Fact]
    public void Stalled_TimerIsAlwaysLate_IsCancelledTheSecondTime()
    {
        _timer.Start();
        _time.Advance(2 * Limit);
        _time.Advance(2 * Limit);

        Assert.True(_timer.Stalled.IsCancellationRequested);
    }

    [Fact]
    public void Stalled_SourceShowsThatItIsAlive_IsCancelledAfterTheLongestTime()
    {
        _timer.Start();
        for (var second = 1; second < 60; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _timer.Extend();
        }

        Assert.False(_timer.Stalled.IsCancellationRequested);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_timer.Stalled.IsCancellationRequested);
    }

    [Fact]
    public void Stalled_SourceThatWasAliveFallsSilent_IsCancelledAfterTheLimit()
    {
        _timer.Start();
        _time.Advance(TimeSpan.FromSeconds(9));
        _timer.Extend();
        _time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(_timer.Stalled.IsCancellationRequested);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_timer.Stalled.IsCancellationRequested);
    }

    [Fact]
    public void Stalled_WhatWasWaitedForCame_IsNotCancelled()
    {
        _timer.Start();
        _time.Advance(TimeSpan.FromSeconds(9));
        _timer.Stop();
        _time.Advance(Limit);
        _timer.Start();
        _time.Advance(TimeSpan.FromSeconds(9));

        Assert.False(_timer.Stalled.IsCancellationRequested);
    }
}
