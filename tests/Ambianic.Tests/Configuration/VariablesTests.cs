using Ambianic.Configuration;
using Ambianic.Core.Configuration;
using Ambianic.Inference.Models;

namespace Ambianic.Tests.Configuration;

public sealed class VariablesTests : LoaderFixture
{
    [Theory]
    [InlineData("rtsp://admin:${CAM_PW}@cam/1", "Fin#ch/5 x", "rtsp://admin:Fin%23ch%2F5%20x@cam/1")]
    [InlineData("rtsp://admin:{FRIGATE_PW}@cam/1", "Fin#ch/5", "rtsp://admin:Fin%23ch%2F5@cam/1")]
    [InlineData("rtsp://admin:{FRIGATE_PW}@cam/1", "Fin%23ch5", "rtsp://admin:Fin%23ch5@cam/1")]
    [InlineData("rtsp://admin:${CAM_PW}@cam/1", "100%Finch", "rtsp://admin:100%25Finch@cam/1")]
    [InlineData("rtsp://${CAM_LOGIN}@cam/1", "admin:Fin@ch5", "rtsp://admin:Fin%40ch5@cam/1")]
    [InlineData("http://cam/snap?pwd=${CAM_PW}&channel=1", "Fin&ch5", "http://cam/snap?pwd=Fin%26ch5&channel=1")]
    [InlineData("rtsp://${CAM_HOST}/1", "finch5.lan:554", "rtsp://finch5.lan:554/1")]
    [InlineData("${CAM_URI}", "rtsp://admin:Finch55@cam/1", "rtsp://admin:Finch55@cam/1")]
    public void Load_VariableInUri_IsReplacedSoThatTheAddressWorks(string uri, string value, string expected)
    {
        var result = LoadWith($"sources: {{cam: {{uri: '{uri}', live: true}}}}\npipelines: {{p: [source: cam]}}", _ => value);

        Assert.Empty(result.Problems);
        Assert.Equal(expected, result.Configuration.Pipelines[0].Source!.Uri);
        Assert.DoesNotContain("inch", result.Effective.ToJsonString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("ch", Credentials.Mask(value), StringComparison.Ordinal);
    }

    [Fact]
    public void Load_VariableInProvidersAndInlineSource_IsReplaced()
    {
        var result = LoadWith(
            """
            pipelines: {p: [source: 'rtsp://me:${PW}@cam/1']}
            notifications: {n: {providers: ['tgram://${PW}/7'], templates: {title: '${event_type} of {this}'}}}
            ifttt_webhook_id: ${PW}
            """,
            name => name == "PW" ? "Siskin-88" : null);

        Assert.False(result.HasErrors);
        Assert.Equal("rtsp://me:Siskin-88@cam/1", result.Configuration.Pipelines[0].Source!.Uri);
        Assert.Equal("rtsp://***@cam/1", result.Configuration.Pipelines[0].Source!.Id);
        Assert.Equal(["tgram://Siskin-88/7"], result.Configuration.Notifications["n"].Providers);
        Assert.Equal("${event_type} of {this}", result.Configuration.Notifications["n"].Templates.Title);
        Assert.Equal("Siskin-88", result.Configuration.IftttWebhookId);
    }

    [Theory]
    [InlineData("${PW}")]
    [InlineData("{FRIGATE_PW}")]
    public void Load_VariableThatIsNotSet_IsAnErrorThatNamesItAndThePlace(string variable)
    {
        var result = LoadWith($"sources:\n  cam: {{uri: 'rtsp://me:{variable}@cam/1'}}\npipelines: {{p: [source: cam]}}", _ => null);

        var problem = Assert.Single(result.Problems);
        Assert.StartsWith($"config.yaml:2:14 sources.cam.uri: the variable {variable} is not set; ", problem.ToString(), StringComparison.Ordinal);
        Assert.True(result.HasErrors);
        Assert.False(Assert.Single(result.Configuration.Pipelines).IsEnabled);
    }

    [Fact]
    public void Load_SecretHandedOverAsAFile_CountsWhereTheEnvironmentHasNone()
    {
        Write("CAM_PW", "Linnet-41\n");
        Write("BOTH", "file");

        var result = LoadWith(
            "sources: {a: {uri: 'rtsp://me:${CAM_PW}@cam/1'}, b: {uri: 'rtsp://me:${BOTH}@cam/1'}}\npipelines: {a: [source: a], b: [source: b]}",
            name => name == "BOTH" ? "environment" : null);

        Assert.Empty(result.Problems);
        Assert.Equal(["rtsp://me:Linnet-41@cam/1", "rtsp://me:environment@cam/1"], result.Configuration.Pipelines.Select(pipeline => pipeline.Source!.Uri));
    }

    [Fact]
    public void Load_VariableInAFormat_IsReplacedAfterIt()
    {
        var result = LoadWith(
            "sources: {a: {uri: '@format rtsp://me:{this.ifttt_webhook_id}@cam/1'}}\nifttt_webhook_id: ${KEY}\npipelines: {a: [source: a]}", _ => "Dun#nock9");

        Assert.Equal("rtsp://me:Dun%23nock9@cam/1", result.Configuration.Pipelines[0].Source!.Uri);
    }

    private ConfigurationResult LoadWith(string text, Func<string, string?> environment)
    {
        Write("config.yaml", text);
        var files = ConfigurationFiles.Locate(null, Folder.Path, name => name.StartsWith("AMBIANIC", StringComparison.Ordinal) ? null : environment(name));
        return new ConfigurationLoader(TestElements.Registry(), ModelCatalog.Known).Load(files with { Variables = files.Variables with { Directory = Folder.Path } });
    }
}
