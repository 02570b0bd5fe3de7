using System.CommandLine;
using System.Globalization;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic user</c>: people who can log in. A running program notices changes at once.</summary>
internal static class UserCommand
{
    /// <summary>What a person or a program may do.</summary>
    public static Option<string?> Role(string? otherwise)
    {
        var role = new Option<string?>("--role") { Description = $"viewer sees, carer also answers alerts, admin changes everything{(otherwise is null ? "" : $"; {otherwise}")}", HelpName = "ROLE" };
        role.AcceptOnlyFromAmong(Policies.Viewer, Policies.Carer, Policies.Admin);
        return role;
    }

    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "The name to log in with" };
        var role = Role("the default is admin for the first user, then viewer");
        var add = new Command("add", "Add a person; asks for the password. From the first one on everybody has to log in") { name, role, CommonOptions.Config };
        add.SetAction(parsed => Use(parsed, database =>
        {
            var user = Named(parsed.GetRequiredValue(name));
            var isFirst = database.LoadInTime().Users.Count == 0;
            var may = Policies.Parse(parsed.GetValue(role)) ?? (isFirst ? AccessRole.Admin : AccessRole.Viewer);
            Expect(database.Add(new UserAccount(user, Passwords.Hash(PasswordPrompt.Read()), may, TimeProvider.System.GetUtcNow())));
            Console.WriteLine($"{user} can log in as {Policies.Of(may)}.");
            if (isFirst)
            {
                Console.WriteLine("Everybody has to log in from now on. When the configuration has ui.listen, restart Ambianic, so that it answers there.");
            }
        }));

        var list = new Command("list", "List the people who can log in") { CommonOptions.Config };
        list.SetAction(parsed => Use(parsed, database =>
        {
            foreach (var user in database.LoadInTime().Users)
            {
                Console.WriteLine($"{user.Name,-24} {Policies.Of(user.Role),-7} since {user.CreatedAt.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}");
            }
        }));

        var remove = new Command("remove", "Remove a person, and end their sessions; not the last administrator") { name, CommonOptions.Config };
        remove.SetAction(parsed => Use(parsed, database =>
        {
            Expect(database.RemoveUser(UserNames.Normalize(parsed.GetRequiredValue(name))));
            Console.WriteLine("Removed.");
        }));

        var password = new Command("password", "Change a person's password, and end their sessions; asks for it") { name, CommonOptions.Config };
        password.SetAction(parsed => Use(parsed, database =>
        {
            Expect(database.SetPassword(UserNames.Normalize(parsed.GetRequiredValue(name)), Passwords.Hash(PasswordPrompt.Read())));
            Console.WriteLine("Changed.");
        }));
        var newRole = Role(null);
        newRole.Required = true;
        var change = new Command("role", "Change what a person may do, and with them their tokens; the last administrator stays one") { name, newRole, CommonOptions.Config };
        change.SetAction(parsed => Use(parsed, database =>
        {
            Expect(database.SetRole(UserNames.Normalize(parsed.GetRequiredValue(name)), Policies.Parse(parsed.GetRequiredValue(newRole))!.Value));
            Console.WriteLine("Changed.");
        }));
        return new Command("user", "People who can log in to the page and the API") { add, list, remove, password, change };
    }

    /// <summary>Does something with the users and tokens of the configured data directory.</summary>
    /// <returns>The exit code.</returns>
    public static int Use(ParseResult parsed, Action<AccessDatabase> use)
    {
        if (CommonOptions.DataDir(parsed) is not { } dataDir)
        {
            return 1;
        }

        using var database = new AccessDatabase(dataDir, TimeProvider.System);
        use(database);
        return 0;
    }

    /// <summary>The name as it is stored.</summary>
    /// <exception cref="IOException">It is no name.</exception>
    public static string Named(string typed) =>
        UserNames.Normalize(typed) is var name && UserNames.Problem(name) is { } problem ? throw new IOException($"Nothing was changed: {problem}.") : name;

    /// <exception cref="IOException">It was not done.</exception>
    public static void Expect(string? problem)
    {
        if (problem is not null)
        {
            throw new IOException($"Nothing was changed: {problem}.");
        }
    }
}
