namespace Ambianic.Core.Configuration;

/// <summary>The property is not a key of the configuration file.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigurationIgnoreAttribute : Attribute;
