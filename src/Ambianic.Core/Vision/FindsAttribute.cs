namespace Ambianic.Core.Vision;

/// <summary>What the model of a key has to look for. A model of the catalog that looks for something else is an error of the configuration.</summary>
/// <param name="role">What the element needs.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class FindsAttribute(ModelRole role) : Attribute
{
    /// <summary>What the element needs.</summary>
    public ModelRole Role => role;
}
