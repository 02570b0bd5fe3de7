namespace Ambianic.Core.Health;

/// <summary>Somebody outside who restarts the program when it is not heard of.</summary>
public interface IWatchdog
{
    /// <summary>The supervisor looked after everything once more. Called once a second, must neither wait nor throw.</summary>
    /// <param name="status"><see cref="HealthSnapshot.Summary"/>.</param>
    void Feed(string status);

    /// <summary>The supervisor ends because it was told to. Must neither wait nor throw.</summary>
    void Stopping();
}
