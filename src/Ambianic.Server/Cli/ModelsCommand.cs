using System.CommandLine;
using Ambianic.Configuration;
using Ambianic.Hosting;
using Ambianic.Models;
using Ambianic.Vision;

namespace Ambianic.Cli;

/// <summary><c>ambianic models</c>: the catalog.</summary>
internal static class ModelsCommand
{
    public static Command Create() => new("models", "The models that Ambianic knows") { List(), Pull() };

    private static Command List()
    {
        var command = new Command("list", "Print the catalog");
        command.SetAction(async (_, _) =>
        {
            await using var services = Build();
            var store = services.GetRequiredService<ModelStore>();
            Console.WriteLine($"{"NAME",-20} {"ROLE",-8} {"HERE",-5} {"INPUT",-9} LICENCE");
            foreach (var model in ModelCatalog.All)
            {
                var name = model == ModelCatalog.Default(model.Role) ? model.Name + " *" : model.Name;
                var here = store.Find(model) is null ? "" : "yes";
                Console.WriteLine(
                    $"{name,-20} {model.Role.ToString().ToLowerInvariant(),-8} {here,-5} {$"{model.Input.Width}x{model.Input.Height}",-9} {model.Licence}");
            }

            Console.WriteLine("* used when a configuration names none; fetched when first needed, or now with: ambianic models pull NAME");
        });
        return command;
    }

    private static Command Pull()
    {
        var names = new Argument<string[]>("NAME") { Description = "Names of the catalog; the default is the default model of each role", Arity = ArgumentArity.ZeroOrMore };
        var command = new Command("pull", "Fetch models now, so that later no network is needed") { names };
        command.SetAction(async (parsed, cancellation) =>
        {
            var wanted = parsed.GetValue(names) is { Length: > 0 } given
                ? given.Select(name => ModelCatalog.Find(name)
                    ?? throw new ModelException($"there is no model '{name}' in the catalog; it has {string.Join(", ", ModelCatalog.All.Select(model => model.Name))}"))
                : Enum.GetValues<ModelRole>().Select(ModelCatalog.Default);
            await using var services = Build();
            var store = services.GetRequiredService<ModelStore>();
            var models = wanted.ToList();
            await store.PullAsync(models, new DownloadLine(Console.Error), cancellation);
            models.ForEach(model => Console.WriteLine($"{model.Name}: {store.Find(model)}"));
            return 0;
        });
        return command;
    }

    /// <summary>What the catalog needs, and nothing of the pipelines.</summary>
    public static ServiceProvider Build() => new ServiceCollection()
        .AddLogging(logging => logging.AddAmbianicLog(new LoggingOptions { ConsoleLevel = LoggingLevel.Warning }))
        .AddSingleton(TimeProvider.System)
        .AddModels()
        .BuildServiceProvider();
}
