namespace Ambianic.Core.Configuration;

/// <summary>Something wrong in a configuration file, said to the person who has to mend it.</summary>
/// <param name="File">The file as it was named, or <c>environment</c>.</param>
/// <param name="Line">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Column">From 1; 0 when the file as a whole is meant.</param>
/// <param name="Path">Where in the document, for example <c>pipelines.front_door[1].detect_objects.top_k</c>.</param>
/// <param name="Message">What is wrong. Never holds a secret.</param>
/// <param name="Suggestion">What was probably meant, or null.</param>
public sealed record ConfigurationProblem(
    string File, int Line, int Column, string Path, string Message, string? Suggestion = null)
{
    /// <summary>An error disables what it concerns; a warning does not.</summary>
    public bool IsWarning { get; init; }

    /// <summary><c>file:line:column path: message (did you mean …?)</c>.</summary>
    public override string ToString()
    {
        var place = Line > 0 ? $"{File}:{Line}:{Column}" : File;
        var path = Path.Length > 0 ? $" {Path}:" : ":";
        var hint = Suggestion is null ? "" : $" (did you mean {Suggestion}?)";
        return $"{place}{path} {(IsWarning ? "warning: " : "")}{Message}{hint}";
    }
}
