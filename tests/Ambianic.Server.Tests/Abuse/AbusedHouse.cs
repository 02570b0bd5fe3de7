using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ambianic.Configuration;
using Ambianic.Configuration.Saving;
using Ambianic.Core;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Messaging;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Ambianic.Storage.Files;
using Ambianic.Tests;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Abuse;

/// <summary>The whole program in this process, as <c>ambianic run</c> has it: with secrets in its configuration, with users, and with somebody's telephone subscribed.</summary>
internal sealed partial class AbusedHouse : IAsyncDisposable
{
    /// <summary>Part of the name of a user and a token that only administrators may see.</summary>
    public const string Hidden = "hidden-neighbour";

    private const string HiddenPassword = "nine silver otters";

    private readonly TemporaryDirectory _directory;
    private readonly WebApplication _application;
    private readonly ProviderCatalog _providers;

    private AbusedHouse(TemporaryDirectory directory, WebApplication application, ProviderCatalog providers, Uri address) =>
        (_directory, _application, _providers, Address) = (directory, application, providers, address);

    public Uri Address { get; }

    /// <summary>What no answer may hold.</summary>
    public List<string> Secrets { get; } = ["Qq7DoorSecret", "Qq7MailSecret", "Qq7BrokerSecret", "Qq7IftttSecret", "Qq7EndpointSecret", "Qq7PushKeySecret"];

    public Dictionary<AccessRole, string> Tokens { get; } = [];

    public static async Task<AbusedHouse> StartAsync()
    {
        var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["config.yaml"], $$"""
            logging: {console_level: ERROR}
            sources:
              door: {uri: "rtsp://someone:Qq7DoorSecret@127.0.0.1:1/door", live: true}
            pipelines:
              broken: [source: door, save_detections: ]
            ifttt_webhook_id: Qq7IftttSecret
            notifications:
              default:
                providers: ["mailto://me:Qq7MailSecret@127.0.0.1:1"]
            mqtt: {uri: "mqtt://me:Qq7BrokerSecret@127.0.0.1:1"}
            """);
        var files = ConfigurationFiles.Locate(directory["config.yaml"], directory.Path, name => name == "AMBIANIC_DIR" ? directory.Path : null);
        var providers = new ProviderCatalog(TimeProvider.System);
        ConfigurationResult Load() => Loader(providers).Load(files);
        var loaded = Load();
        Assert.False(loaded.HasErrors, loaded.Report());
        var application = AmbianicHost.Build(loaded, port: 0, Load, settings: new LocalSettings(Loader(providers), files, PrivateFile.Replace));
        var house = new AbusedHouse(directory, application, providers, await AmbianicHost.StartAsync(application));
        house.Fill();
        return house;
    }

    /// <summary>The description of the calls.</summary>
    public async Task<JsonObject> DescriptionAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Tokens[AccessRole.Admin]);
        return (await client.GetFromJsonAsync<JsonObject>("/api/openapi.json", TestContext.Current.CancellationToken))!;
    }

    /// <summary>The role that an operation needs; null when anybody may call it.</summary>
    public AccessRole? RoleFor(Operation operation) => _application.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(route => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods.Contains(operation.Method) == true
            && "/" + Parameter().Replace(route.RoutePattern.RawText!.TrimStart('/'), "{$1}") == operation.Path)
        .Select(route => Policies.Parse(route.Metadata.GetMetadata<IAuthorizeData>()?.Policy))
        .First();

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
        _providers.Dispose();
        _directory.Dispose();
    }

    private void Fill()
    {
        var database = _application.Services.GetRequiredService<AccessDatabase>();
        var now = TimeProvider.System.GetUtcNow();
        foreach (var (name, role) in ((string, AccessRole)[])[("zz-admin", AccessRole.Admin), ($"zz-{Hidden}", AccessRole.Viewer)])
        {
            var hash = Passwords.Hash(HiddenPassword);
            Assert.Null(database.Add(new UserAccount(name, hash, role, now)));
            Assert.True(database.Add(new LogInSession(Secret.Hash($"session of {name}"), name, now, now), hash, Secret.Hash($"device of {name}")));
            Secrets.AddRange([hash, Secret.Hash($"session of {name}"), Secret.Hash($"device of {name}")]);
        }

        foreach (var role in Enum.GetValues<AccessRole>())
        {
            var (token, stored) = Ambianic.Server.Access.Tokens.New($"caller-{role}".ToLowerInvariant(), role, null, TimeProvider.System);
            Assert.Null(database.Add(stored));
            Assert.Null(database.Add(Ambianic.Server.Access.Tokens.New($"{Hidden}-{role}".ToLowerInvariant(), role, null, TimeProvider.System, "zz-admin").Stored));
            Secrets.Add(stored.Hash);
            Tokens[role] = token;
        }

        _application.Services.GetRequiredService<IAlertStore>().Subscribe(
            new PushSubscription("zzdevice", "https://127.0.0.1:1/Qq7EndpointSecret", "Qq7PushKeySecret", "Qq7PushKeySecret", "a telephone", AlertSeverity.Critical));
        Secrets.Add(_application.Services.GetRequiredService<FirstRun>().Path);
    }

    /// <summary>A parameter of a route, with what restricts it.</summary>
    [GeneratedRegex(@"\{\**([^:=?}]+)[^}]*\}")]
    private static partial Regex Parameter();

    private static ConfigurationLoader Loader(ProviderCatalog providers) => new(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, providers);
}
