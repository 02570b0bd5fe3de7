namespace Ambianic.Core.Frames;

/// <summary>Whether a picture can be trusted.</summary>
public enum PictureDamage
{
    /// <summary>Nothing is known to be wrong with it.</summary>
    None,

    /// <summary>Parts are missing, here or in a picture that it was predicted from: what is seen in it may not be there. A better one is due.</summary>
    Damaged,

    /// <summary>Damaged, and no undamaged picture has come for ten seconds: better than none.</summary>
    Lasting,
}
