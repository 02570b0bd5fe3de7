using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Configuration;

public sealed class MetricsSectionTests : LoaderFixture
{
    private const string Pipeline = "\nsources: {door: {uri: 'rtsp://127.0.0.1:9/door'}}\npipelines: {hall: [source: door]}\n";

    [Fact]
    public void Load_GoodSection_HasNoProblemsAndShowsNoHeader()
    {
        var result = LoadText("""
            metrics:
              anonymous: true
              otlp:
                endpoint: https://collector:4318
                headers: {Authorization: Bearer Wren9Owl77, X-Team: Heron4Lake}
                every: 15s
            """ + Pipeline);

        Assert.Empty(result.Problems);
        var otlp = result.Configuration.Metrics.Otlp;
        Assert.Equal((TimeSpan.FromSeconds(15), 100, "Bearer Wren9Owl77"), (otlp.Every, otlp.TraceEvery, otlp.Headers["Authorization"]));
        var shown = result.Effective.ToJsonString();
        Assert.Contains("\"headers\":{\"Authorization\":\"***\",\"X-Team\":\"***\"}", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Wren9Owl77", shown + Credentials.Mask("the collector refuses Wren9Owl77 and Heron4Lake"), StringComparison.Ordinal);
        Assert.DoesNotContain("Heron4Lake", Credentials.Mask("the collector refuses Wren9Owl77 and Heron4Lake"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics:\n  otlp:\n    endpoint: collector:4318", "config.yaml:3:15 metrics.otlp.endpoint: must be an address such as http://collector:4318")]
    [InlineData("metrics:\n  otlp:\n    endpoint: grpc://me:Wren9Owl77@collector", "config.yaml:3:15 metrics.otlp.endpoint: must be an address")]
    [InlineData("metrics:\n  otlp:\n    endpoint: http://collector\n    headers: {two words: Wren9Owl77}", "metrics.otlp.headers.two words: is not a header that can be sent")]
    [InlineData("metrics:\n  otlp:\n    endpoint: http://collector\n    headers: {Token: \"Wren9Owl77\\nx\"}", "metrics.otlp.headers.Token: is not a header that can be sent")]
    [InlineData("metrics:\n  otlp:\n    endpoint: http://collector\n    headers: {Content-Type: Wren9Owl77}", "metrics.otlp.headers.Content-Type: is not a header that can be sent")]
    [InlineData("metrics:\n  otlp:\n    every: 0s", "metrics.otlp.every: must be from ")]
    public void Load_WhatKeepsItFromWorking_IsAnErrorAtItsPlace(string section, string expected)
    {
        var result = LoadText(section + Pipeline);

        Assert.Contains(result.Problems, problem => !problem.IsWarning && problem.ToString().Contains(expected, StringComparison.Ordinal));
        Assert.DoesNotContain("Wren9", result.Report() + result.Effective.ToJsonString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("metrics:\n  enabled: false\n  anonymous: true", "config.yaml:3:14 metrics.anonymous: warning: has no effect: metrics.enabled is false")]
    [InlineData("metrics:\n  otlp:\n    headers: {Token: Wren9Owl77}", "config.yaml:3:5 metrics.otlp.headers: warning: are sent to nobody")]
    public void Load_WhatWasProbablyMeantOtherwise_IsAWarning(string section, string expected)
    {
        var result = LoadText(section + Pipeline);

        Assert.Contains(result.Problems, problem => problem.IsWarning && problem.ToString().Contains(expected, StringComparison.Ordinal));
    }
}
