using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Configuration;

public sealed class MqttSectionTests : LoaderFixture
{
    private const string Pipeline = "\nsources: {door: {uri: 'rtsp://127.0.0.1:9/door'}}\npipelines: {hall: [source: door]}\n";

    [Fact]
    public void Load_GoodSection_HasNoProblems()
    {
        var result = LoadText("""
            mqtt:
              uri: mqtt://ambianic:Wren9Owl77@192.168.1.10
              topic_prefix: home/watch
              pictures_every: 1m
              discovery: {prefix: ha, areas: {door: Front yard}}
            """ + Pipeline);

        Assert.Empty(result.Problems);
        var options = result.Configuration.Mqtt;
        Assert.Equal(("home/watch", TimeSpan.FromMinutes(1), "ha", "Front yard"), (options.TopicPrefix, options.PicturesEvery, options.Discovery.Prefix, options.Discovery.Areas["door"]));
        Assert.DoesNotContain("Wren9Owl77", result.Effective.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtt:\n  uri: https://me:Wren9Owl77@broker", "config.yaml:2:8 mqtt.uri: must begin with mqtt://")]
    [InlineData("mqtt:\n  uri: mqtt://me:Wren9Owl77@broker/topic", "config.yaml:2:8 mqtt.uri: has something behind host and port")]
    [InlineData("mqtt:\n  uri: mqtt://me:Wren9Owl77@broker\n  topic_prefix: a/#", "config.yaml:3:17 mqtt.topic_prefix: must not hold # or +")]
    [InlineData("mqtt:\n  uri: mqtt://me:Wren9Owl77@broker\n  discovery:\n    prefix: ''", "config.yaml:4:13 mqtt.discovery.prefix: must have 1 to 200")]
    [InlineData("mqtt:\n  uri: mqtts://broker\n  key_file: /dev/null", "config.yaml:3:13 mqtt.key_file: is the key of no certificate")]
    [InlineData("mqtt:\n  broker:\n    enabled: true\n    password: Wren9", "config.yaml:4:15 mqtt.broker.password: must be given, with at least 8")]
    [InlineData("mqtt:\n  broker:\n    enabled: true", "config.yaml:2:3 mqtt.broker.password: must be given")]
    [InlineData("mqtt:\n  broker: {enabled: true, password: Wren9Owl77, address: home}", "mqtt.broker.address: must be an IP address")]
    [InlineData("mqtt:\n  broker: {enabled: true, password: Wren9Owl77, port: 0}", "mqtt.broker.port: must be from 1 to 65535")]
    public void Load_WhatKeepsItFromWorking_IsAnErrorAtItsPlace(string section, string expected)
    {
        var result = LoadText(section + Pipeline);

        Assert.Contains(result.Problems, problem => !problem.IsWarning && problem.ToString().Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain("Wren9", result.Report() + result.Effective.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mqtt:\n  uri: mqtts://broker\n  ca_file: /nowhere/ca.pem", "config.yaml:3:12 mqtt.ca_file: warning: the file /nowhere/ca.pem is not there")]
    [InlineData("mqtt:\n  uri: mqtt://broker\n  ca_file: /dev/null", "config.yaml:3:12 mqtt.ca_file: warning: is not used: mqtt.uri does not begin with mqtts://")]
    [InlineData("mqtt:\n  uri: mqtt://broker\n  discovery:\n    areas: {dor: Yard}", "there is no source of this name (did you mean door?)")]
    [InlineData("mqtt:\n  uri: mqtt://broker\n  broker: {enabled: true, password: Wren9Owl77}", "the broker within Ambianic runs, and is told nothing")]
    public void Load_WhatIsProbablyNotMeant_IsAWarning(string section, string expected)
    {
        var result = LoadText(section + Pipeline);

        Assert.Contains(result.Problems, problem => problem.IsWarning && problem.ToString().Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(result.Problems, problem => !problem.IsWarning);
    }

    [Fact]
    public void Load_NoSection_IsOff() => Assert.False(LoadText(Pipeline).Configuration.Mqtt.IsActive);

    [Fact]
    public void Load_PasswordOfTheBroker_IsNeverShown()
    {
        var result = LoadText("mqtt: {broker: {enabled: true, password: Heron5Tern31}}" + Pipeline);

        Assert.DoesNotContain("Heron5", result.Effective.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("the password is ***", Credentials.Mask("the password is Heron5Tern31"));
    }
}
