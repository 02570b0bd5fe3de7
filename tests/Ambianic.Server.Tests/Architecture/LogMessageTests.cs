using System.Reflection;
using Ambianic.Server.Doctor;
using Ambianic.Tests;
using Microsoft.Extensions.Logging;

namespace Ambianic.Server.Tests.Architecture;

/// <summary>Event ids are for people who search logs: each names one message for good, and its first digit says which project speaks.</summary>
public sealed class LogMessageTests
{
    private static readonly (string Project, int First)[] Ranges =
    [
        ("Core", 1000), ("Configuration", 2000), ("Media", 3000), ("Inference", 4000), ("Storage", 5000), ("Messaging", 6000), ("Server", 7000),
    ];

    private static readonly string[] Persons = ["{By}", "{User}", "{Who}", "{Actor}", "{Person}"];

    private static readonly List<Message> Messages = [.. ArchitectureTests.Projects.SelectMany(project => Read(project.Data))];

    [Fact]
    public void EventIds_OfAllMessages_AreUnique()
    {
        Assert.NotEmpty(Messages);
        Assert.Empty(Messages.GroupBy(message => message.Id).Where(group => group.Count() > 1).Select(group => string.Join(", ", group)));
    }

    [Fact]
    public void EventIds_OfAProject_AreInItsRange() =>
        Assert.All(Messages, message => Assert.Contains((message.Project, message.Id / 1000 * 1000), Ranges));

    [Fact]
    public void Messages_ThatNamePersons_AreLeftOutOfTheSupportBundle() => Assert.Equal(
        Messages.Where(message => Persons.Any(word => message.Attribute.Message.Contains(word, StringComparison.Ordinal))).Select(message => $"{message.Id}").Order(StringComparer.Ordinal),
        PersonalWords.LogEventsOfPersons.Order(StringComparer.Ordinal));

    [Fact]
    public void Messages_OfAProject_StandInItsLog() =>
        Assert.All(Messages, message => Assert.Equal($"Ambianic.{message.Project}.Log", message.Method.DeclaringType!.FullName));

    [Fact]
    public void Reference_TableOfMessages_IsThatOfTheSource() => DocumentTable.AssertIs(
        ProjectFiles.Locate("docs/reference/log-messages.md"),
        "<!-- messages -->",
        Messages.OrderBy(message => message.Id).Select(message => message.Row).Prepend("|---|---|---|").Prepend("| id | level | text |"));

    private static IEnumerable<Message> Read(string project) =>
        from type in ArchitectureTests.Load(project).GetTypes()
        from method in type.GetMethods(BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance)
        let attribute = method.GetCustomAttribute<LoggerMessageAttribute>()
        where attribute is not null
        select new Message(project, attribute.EventId, method, attribute);

    private sealed record Message(string Project, int Id, MethodInfo Method, LoggerMessageAttribute Attribute)
    {
        public string Row => $"| {Id} | {Level} | {Attribute.Message.ReplaceLineEndings(" ").Replace("|", @"\|", StringComparison.Ordinal)} |";

        private string Level => Attribute.Level switch
        {
            LogLevel.None => "varies",
            LogLevel.Information => "info",
            var level => level.ToString().ToLowerInvariant(),
        };

        public override string ToString() => $"{Id} {Method.DeclaringType}.{Method.Name}";
    }
}
