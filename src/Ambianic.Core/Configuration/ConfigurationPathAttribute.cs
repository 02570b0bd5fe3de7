namespace Ambianic.Core.Configuration;

/// <summary>The value is a path: a relative one is taken from the working directory, so that the bound value is absolute.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ConfigurationPathAttribute : Attribute;
