namespace Ambianic.Configuration.Saving;

/// <summary>One setting of a configuration file as it is to be.</summary>
/// <param name="Path">Keys from the top level to the setting, for example <c>notifications</c>, <c>default</c>, <c>enabled</c>.</param>
/// <param name="Value">Text, a boolean, a number, or a list of texts; null removes the setting.</param>
public sealed record SettingChange(IReadOnlyList<string> Path, object? Value);
