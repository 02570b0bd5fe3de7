using Ambianic.Evaluation.Accuracy;
using Ambianic.Tests.Core.Vision;

namespace Ambianic.Tests.Evaluation.Accuracy;

public sealed class PictureDetectorTests
{
    [Theory]
    [InlineData("", "folder")]
    [InlineData("missing.jpg", "no such file")]
    [InlineData("text.jpg", "not a picture")]
    public async Task DetectAsync_NoPicture_NamesTheFileAndSaysWhy(string name, string reason)
    {
        var folder = Directory.CreateTempSubdirectory();
        await File.WriteAllTextAsync(Path.Combine(folder.FullName, "text.jpg"), "hello", TestContext.Current.CancellationToken);
        var path = Path.Combine(folder.FullName, name);

        var error = await Assert.ThrowsAsync<InvalidDataException>(() =>
            new PictureDetector(new FakeDetector([]), TimeProvider.System).DetectAsync(path, 0.5f, TestContext.Current.CancellationToken));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }
}
