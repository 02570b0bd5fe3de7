namespace Ambianic.Storage.Access;

/// <summary>What a person or a program may do; each role may do all that those before it may.</summary>
public enum AccessRole
{
    /// <summary>Sees events, pictures, alerts and health.</summary>
    Viewer,

    /// <summary>Answers and snoozes alerts, pins events, sends test messages.</summary>
    Carer,

    /// <summary>Changes the configuration, users, tokens, and whether anybody is told at all.</summary>
    Admin,
}
