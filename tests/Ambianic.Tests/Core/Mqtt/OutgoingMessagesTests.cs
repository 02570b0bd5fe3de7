using Ambianic.Core.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace Ambianic.Tests.Core.Mqtt;

public sealed class OutgoingMessagesTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly OutgoingMessages _outgoing;

    public OutgoingMessagesTests() => _outgoing = new OutgoingMessages(_time);

    [Fact]
    public void Set_OftenBeforeItIsSent_SendsTheNewestAlone()
    {
        Set("a", "1");
        Set("b", "1");
        Set("a", "2");

        Assert.Equal(["a=2", "b=1"], Drain());
    }

    [Fact]
    public void Set_WhatIsKnown_SendsNothing()
    {
        Set("a", "1");
        Drain();

        Set("a", "1");

        Assert.Empty(Drain());
    }

    [Fact]
    public void Next_EventsAndPictures_EventsComeFirstAndPicturesLast()
    {
        _outgoing.Set("picture", "p"u8.ToArray(), isPicture: true);
        Set("state", "s");
        _outgoing.Add(MqttMessage.Of("event", "e", true));

        Assert.Equal(["event=e", "state=s", "picture=p"], Drain());
    }

    [Fact]
    public void Add_AnEventThatWaitsForAMinute_IsNoNewsAnyMore()
    {
        _outgoing.Add(MqttMessage.Of("event", "old", true));
        _time.Advance(TimeSpan.FromSeconds(61));
        _outgoing.Add(MqttMessage.Of("event", "new", true));

        Assert.Equal(["event=new"], Drain());
    }

    [Fact]
    public void Add_MoreThanAnybodyReads_KeepsTheNewest()
    {
        for (var i = 0; i < 100_000; i++)
        {
            _outgoing.Add(MqttMessage.Of("event", $"{i}", true));
        }

        var sent = Drain();
        Assert.Equal((100, "event=99999"), (sent.Count, sent[^1]));
    }

    [Fact]
    public void SendAgain_AfterWhatWasSent_SendsStatesAndNoEvents()
    {
        Set("a", "1");
        _outgoing.Add(MqttMessage.Of("event", "e", true));
        Drain();
        Set("b", "2");

        _outgoing.SendAgain();

        Assert.Equal(["a=1", "b=2"], Drain());
    }

    [Fact]
    public void Set_Empty_RemovesTheTopicOnce()
    {
        Set("a", "1");
        Drain();

        Set("a", "");
        Assert.Equal(["a="], Drain());

        _outgoing.SendAgain();
        Assert.Empty(Drain());
    }

    private void Set(string topic, string text) => _outgoing.Set(topic, System.Text.Encoding.UTF8.GetBytes(text));

    private List<string> Drain()
    {
        List<string> sent = [];
        while (_outgoing.Next() is { } message)
        {
            sent.Add($"{message.Topic}={message.Text}");
        }

        return sent;
    }
}
