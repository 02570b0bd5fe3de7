using Ambianic.Core.Configuration;
using Ambianic.Core.Mqtt;

namespace Ambianic.Tests.Core.Mqtt;

public sealed class MqttAddressTests
{
    [Theory]
    [InlineData("mqtt://broker", "broker", 1883, false, null, null)]
    [InlineData("MQTTS://broker/", "broker", 8883, true, null, null)]
    [InlineData("mqtt://me:p%40ss%2Fword@192.168.1.5:1884", "192.168.1.5", 1884, false, "me", "p@ss/word")]
    [InlineData("mqtt://me:a@b:/c#@broker", "broker", 1883, false, "me", "a@b:/c#")]
    [InlineData("mqtt://me@[fe80::1]:1885", "fe80::1", 1885, false, "me", null)]
    public void Parse_AnAddress_TakesItApart(string text, string host, int port, bool isSecure, string? user, string? password) =>
        Assert.Equal(new MqttAddress(host, port, isSecure, user, password), MqttAddress.Parse(text));

    [Theory]
    [InlineData("broker:1883", "mqtt://")]
    [InlineData("http://me:hush12345@broker", "mqtt://")]
    [InlineData("mqtt://me:hush12345@broker/topic", "topic_prefix")]
    [InlineData("mqtt://me:hush12345@broker:0", "port")]
    [InlineData("mqtt://me:hush12345@broker:99999", "port")]
    [InlineData("mqtt://me:hush12345@", "host")]
    [InlineData("mqtt://me:hush12345@bro ker", "host")]
    public void Parse_NoAddress_SaysWhyAndNoSecret(string text, string why)
    {
        var error = Assert.Throws<FormatException>(() => MqttAddress.Parse(text));

        Assert.Contains(why, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_TheBrokerWithin_IsReachedOnLoopback()
    {
        var options = new MqttOptions { Broker = new MqttBrokerOptions { Enabled = true, Address = "0.0.0.0", Port = 1999, Password = "longenough" } };

        Assert.Equal(new MqttAddress("127.0.0.1", 1999, false, "ambianic", "longenough"), MqttAddress.Of(options));
    }
}
