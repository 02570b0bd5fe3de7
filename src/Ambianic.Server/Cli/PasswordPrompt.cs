using System.Text;
using Ambianic.Server.Access;

namespace Ambianic.Server.Cli;

/// <summary>Asks for a new password, unseen and twice; from a pipe it is the first line. Never an argument: those are seen by every user of the computer.</summary>
internal static class PasswordPrompt
{
    /// <exception cref="IOException">It is not good enough, or was not typed the same twice.</exception>
    public static string Read()
    {
        var password = Console.IsInputRedirected ? Console.In.ReadLine() ?? "" : Ask("Password: ");
        if (Passwords.Problem(password) is { } problem)
        {
            throw new IOException($"Nothing was changed: {problem}.{(Console.IsInputRedirected ? " It is read from the first line of standard input." : "")}");
        }

        return Console.IsInputRedirected || Ask("The same again: ") == password ? password : throw new IOException("Nothing was changed: the two were not the same.");
    }

    private static string Ask(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } pressed)
        {
            if (pressed.Key == ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(pressed.KeyChar))
            {
                typed.Append(pressed.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}
