namespace Ambianic.Core.Vision;

/// <summary>What a model looks for.</summary>
public enum ModelRole
{
    /// <summary>Things with a label and a box.</summary>
    Objects,

    /// <summary>Faces, usually inside a person's box.</summary>
    Faces,

    /// <summary>Bodies with their key points.</summary>
    Poses,
}
