namespace Ambianic.Core.Configuration;

/// <summary>Instead of the keys of this record a file may say <c>off</c>, <c>false</c>, <c>no</c> or <c>none</c>.</summary>
/// <param name="value">Name of the static property that this stands for.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ConfigurationOffAttribute(string value) : Attribute
{
    /// <summary>Name of the static property that this stands for.</summary>
    public string Value => value;
}
