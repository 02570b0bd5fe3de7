using Ambianic.Core.Configuration;

namespace Ambianic.Configuration;

/// <summary>Collects what is wrong, each thing once, without repeating secrets.</summary>
internal sealed class ProblemList
{
    private const int LongestQuote = 60;
    private readonly List<ConfigurationProblem> _problems = [];
    private readonly HashSet<ConfigurationProblem> _known = [];

    public IReadOnlyList<ConfigurationProblem> Problems => _problems;

    public ConfigurationProblem Add(Place place, string path, string message, string? suggestion = null) =>
        Add(new ConfigurationProblem(place.File, place.Line, place.Column, path, message, suggestion));

    public ConfigurationProblem Add(ConfigurationProblem problem)
    {
        if (_known.Add(problem))
        {
            _problems.Add(problem);
        }

        return problem;
    }

    public void AddRange(IEnumerable<ConfigurationProblem> problems)
    {
        foreach (var problem in problems)
        {
            Add(problem);
        }
    }

    /// <summary>A node as it may be repeated to the user.</summary>
    public static string Quote(Node node) => node switch
    {
        ScalarNode { IsNull: true } => "nothing",
        ScalarNode { Place.IsSecret: true } => "this secret",
        ScalarNode scalar => Quote(scalar.Text),
        SequenceNode => "a list",
        _ => "a map",
    };

    /// <summary>The user's own words, masked and cut.</summary>
    public static string Quote(string text) => $"'{Shorten(Credentials.Mask(text.ReplaceLineEndings(" ")))}'";

    /// <summary>The path of a key within a map.</summary>
    public static string Join(string path, string key)
    {
        var shown = Shorten(Credentials.MaskName(key.ReplaceLineEndings(" ")));
        return path.Length == 0 ? shown : $"{path}.{shown}";
    }

    private static string Shorten(string text) => text.Length <= LongestQuote ? text : $"{text[..LongestQuote]}…";
}
