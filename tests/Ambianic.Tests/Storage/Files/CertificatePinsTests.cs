using Ambianic.Storage.Files;

namespace Ambianic.Tests.Storage.Files;

public sealed class CertificatePinsTests : IDisposable
{
    private static readonly DateOnly Day = new(2026, 1, 2);
    private readonly TemporaryDirectory _directory = new();

    private string File => _directory["data/camera-certificates.txt"];

    [Fact]
    public void GetOrAdd_SeenForTheFirstTime_IsWrittenDownAndStaysAfterARestart()
    {
        Assert.Equal("sha256:a", Pins().GetOrAdd("door:443", "sha256:a", Day, out var isNew));
        Assert.True(isNew);
        Assert.Equal("sha256:b", Pins().GetOrAdd("attic:443", "sha256:b", Day, out _));

        Assert.Equal("sha256:a", Pins().GetOrAdd("DOOR:443", "sha256:c", Day, out isNew));
        Assert.False(isNew);
        Assert.Contains("door:443 sha256:a 2026-01-02\nattic:443 sha256:b 2026-01-02\n", System.IO.File.ReadAllText(File), StringComparison.Ordinal);
    }

    [Fact]
    public void GetOrAdd_LineWasDeletedByHand_TakesTheNewOneAndKeepsTheRest()
    {
        var pins = Pins();
        pins.GetOrAdd("door:443", "sha256:a", Day, out _);
        System.IO.File.WriteAllText(File, "# mine\r\nattic:443   sha256:b");

        Assert.Equal("sha256:c", pins.GetOrAdd("door:443", "sha256:c", Day, out _));

        Assert.Equal("# mine\r\nattic:443   sha256:b\ndoor:443 sha256:c 2026-01-02\n", System.IO.File.ReadAllText(File));
    }

    public void Dispose() => _directory.Dispose();

    private CertificatePins Pins() => CertificatePins.In(_directory["data"]);
}
