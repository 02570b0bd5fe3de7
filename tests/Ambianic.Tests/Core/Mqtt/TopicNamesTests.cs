using Ambianic.Core.Mqtt;

namespace Ambianic.Tests.Core.Mqtt;

public sealed class TopicNamesTests
{
    [Theory]
    [InlineData("front")]
    [InlineData("Front_2")]
    public void Of_APlainName_IsTheName(string name) => Assert.Equal(name, TopicNames.Of(name));

    [Theory]
    [InlineData("front door", "^front_door_7279998f$")]
    [InlineData("a/+/#", "^a_[0-9a-f]{8}$")]
    [InlineData("", "^n_[0-9a-f]{8}$")]
    [InlineData("🚪", "^n_[0-9a-f]{8}$")]
    [InlineData("rtsp://me:hush12345@camera/x", "^(?!.*hush)[a-zA-Z0-9_]+_[0-9a-f]{8}$")]
    public void Of_AnyOtherName_IsWhatIsLeftAndAHash(string name, string pattern) => Assert.Matches(pattern, TopicNames.Of(name));

    [Fact]
    public void Of_NamesThatLookAlike_DiffersForEach()
    {
        string[] names = ["front door", "front_door", "front-door", "Front door", "front/door", TopicNames.Of("front door"), new string('x', 1024), new string('x', 1025), "🚪", "🪟"];

        var topics = names.Select(TopicNames.Of).ToList();

        Assert.Equal(names.Length, topics.Distinct().Count());
        Assert.All(topics, topic => Assert.Matches("^[A-Za-z0-9_]{1,49}$", topic));
    }

    [Theory]
    [InlineData("ambianic", null)]
    [InlineData("home/ambianic", null)]
    [InlineData("", "1 to 200")]
    [InlineData("a/#", "subscribers")]
    [InlineData("+", "subscribers")]
    [InlineData("/a", "begin")]
    [InlineData("a/", "begin")]
    [InlineData("$SYS", "begin")]
    [InlineData("a\0b", "character")]
    public void Problem_APrefix_SaysWhyTopicsCannotBeginWithIt(string prefix, string? why)
    {
        var problem = TopicNames.Problem(prefix);

        Assert.Equal(why is null, problem is null);
        Assert.Contains(why ?? "", problem ?? "", StringComparison.Ordinal);
    }
}
