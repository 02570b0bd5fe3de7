using System.Globalization;

namespace Ambianic.Server.Tests.Faults;

/// <summary>How soon something is noticed, and well again, on a machine that is not overloaded and with the limits that a user has; in seconds.</summary>
internal sealed record Promise(double Noticed, double Recovered)
{
    /// <summary>What was measured and is not what was promised.</summary>
    public IEnumerable<string> BrokenBy(string what, TimeSpan? noticed, TimeSpan recovered)
    {
        if (noticed?.TotalSeconds > Noticed)
        {
            yield return Say("noticed", noticed.Value, Noticed);
        }

        if (recovered.TotalSeconds > Recovered)
        {
            yield return Say("well again", recovered, Recovered);
        }

        string Say(string which, TimeSpan measured, double promised) =>
            string.Create(CultureInfo.InvariantCulture, $"{what}: {which} after {measured.TotalSeconds:0.0} s, and at most {promised:0.#} s were promised");
    }
}
