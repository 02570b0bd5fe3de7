using Ambianic.Core.Configuration;

namespace Ambianic.Tests.Core.Configuration;

public sealed class SuggestionsTests
{
    [Theory]
    [InlineData("detect_object", "detect_objects")]
    [InlineData("dtect_faces", "detect_faces")]
    [InlineData("soruce", "source")]
    [InlineData("SOURCE", "source")]
    [InlineData("garden", null)]
    [InlineData("", null)]
    public void Nearest_Word_FindsWhatWasMeant(string word, string? expected) =>
        Assert.Equal(expected, Suggestions.Nearest(word, ["source", "detect_objects", "detect_faces", "save_detections"]));

    [Fact]
    public void Nearest_SeveralAreNear_TakesTheNearest() => Assert.Equal("cat", Suggestions.Nearest("cad", ["bad!", "cat", "card"]));
}
