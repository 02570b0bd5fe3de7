using Ambianic.Server.Doctor;
using Ambianic.Tests.Messaging;

namespace Ambianic.Server.Tests.Doctor;

public sealed class ProviderExamTests
{
    [Fact]
    public async Task Providers_ThatCanBeReached_AreSentNothing()
    {
        await using var server = new RecordingServer();
        using var examined = new Examined($$"""
            notifications:
              default:
                providers:
                  - "ntfy://{{server.Authority}}/alerts"
                  - "json://{{server.Authority}}/in"
                  - "gotify://{{server.Authority}}/AbCdEf123"
                  - "mailto://me:secret@{{server.Authority}}"
                  - "mqtt://{{server.Authority}}/topic"
                  - "exec:/bin/false"
              gone:
                providers: ["ntfy://127.0.0.1:9/alerts", "nonsense://x"]
            """);

        var findings = await ProviderExam.RunAsync(examined.Examination, TestContext.Current.CancellationToken);

        Assert.Equal(
            [("default/1", FindingLevel.Ok), ("default/2", FindingLevel.Ok), ("default/3", FindingLevel.Ok), ("default/4", FindingLevel.Ok), ("default/5", FindingLevel.Ok),
                ("default/6", FindingLevel.Ok), ("gone/1", FindingLevel.Problem), ("gone/2", FindingLevel.Problem)],
            findings.Select(finding => (finding.Subject!, finding.Level)));
        Assert.Empty(server.Requests);
    }
}
