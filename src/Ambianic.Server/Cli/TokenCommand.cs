using System.CommandLine;
using System.Globalization;
using Ambianic.Server.Access;

namespace Ambianic.Server.Cli;

/// <summary><c>ambianic token</c>: tokens by which programs call the API. A running program notices changes at once.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var name = new Argument<string>("NAME") { Description = "What the token is for" };
        var role = UserCommand.Role("the default is viewer");
        var days = new Option<int?>("--days") { Description = "Days until it is refused; without it, it works until it is removed", HelpName = "N" };
        days.Must(value => value is null or (>= 1 and <= Tokens.MostDays), $"--days must be 1 to {Tokens.MostDays}");
        var add = new Command("add", "Make a token and print it; it is shown this once") { name, role, days, CommonOptions.Config };
        add.SetAction(parsed => UserCommand.Use(parsed, database =>
        {
            var life = parsed.GetValue(days) is { } count ? TimeSpan.FromDays(count) : (TimeSpan?)null;
            var (token, stored) = Tokens.New(
                UserCommand.Named(parsed.GetRequiredValue(name)), Policies.Parse(parsed.GetValue(role) ?? Policies.Viewer)!.Value, life, TimeProvider.System);
            UserCommand.Expect(database.Add(stored));
            Console.WriteLine(token);
        }));

        var list = new Command("list", "List the tokens, without their values") { CommonOptions.Config };
        list.SetAction(parsed => UserCommand.Use(parsed, database =>
        {
            foreach (var token in database.LoadInTime().Tokens)
            {
                Console.WriteLine($"{token.Id}  {token.Name,-24} {Policies.Of(token.Role),-7} {Day("expires", token.ExpiresAt)} {Day("used", token.UsedAt)} {(token.Owner is { } owner ? $"of {owner}" : "no owner")}");
            }
        }));

        var remove = new Command("remove", "Remove a token, by name or id; it is refused from then on") { name, CommonOptions.Config };
        remove.SetAction(parsed => UserCommand.Use(parsed, database =>
        {
            UserCommand.Expect(database.RemoveToken(UserNames.Normalize(parsed.GetRequiredValue(name))));
            Console.WriteLine("Removed.");
        }));
        return new Command("token", "Tokens by which programs call the API") { add, list, remove };
    }

    private static string Day(string what, DateTimeOffset? at) =>
        $"{what} {at?.ToLocalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) ?? "never"},".PadRight(20);
}
