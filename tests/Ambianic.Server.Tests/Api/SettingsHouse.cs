using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Configuration;
using Ambianic.Configuration.Saving;
using Ambianic.Core;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Core.Pipelines;
using Ambianic.Inference.Models;
using Ambianic.Messaging;
using Ambianic.Storage.Files;
using Ambianic.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Api;

/// <summary>The program in this process with configuration files that it watches and may write, as <c>ambianic run</c> has it.</summary>
internal sealed class SettingsHouse : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly WebApplication _application;
    private readonly ProviderCatalog _providers;

    private SettingsHouse(TemporaryDirectory directory, WebApplication application, ProviderCatalog providers, Uri address)
    {
        _directory = directory;
        _application = application;
        _providers = providers;
        Client = new HttpClient { BaseAddress = address };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _application.Services;

    public bool WouldSend => _application.Services.GetRequiredService<IAlertDesk>().WouldSend;

    public string Folder => _directory.Path;

    public string Local => File.Exists(_directory["config.local.yaml"]) ? File.ReadAllText(_directory["config.local.yaml"]) : "";

    /// <param name="configuration">Of <c>config.yaml</c>; the log is silent.</param>
    public static async Task<SettingsHouse> StartAsync(string configuration)
    {
        var directory = new TemporaryDirectory();
        await File.WriteAllTextAsync(directory["config.yaml"], configuration + "\nlogging: {console_level: ERROR}\n");
        var files = ConfigurationFiles.Locate(directory["config.yaml"], directory.Path, name => name == "AMBIANIC_DIR" ? directory.Path : null);
        var providers = new ProviderCatalog(TimeProvider.System);
        ConfigurationResult Load() => Loader(providers).Load(files);
        var loaded = Load();
        Assert.False(loaded.HasErrors, loaded.Report());
        var application = AmbianicHost.Build(loaded, port: 0, Load, settings: new LocalSettings(Loader(providers), files, PrivateFile.Replace));
        return new SettingsHouse(directory, application, providers, await AmbianicHost.StartAsync(application));
    }

    public async Task<(int Status, JsonNode? Body)> CallAsync(string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, text.Length == 0 ? null : JsonNode.Parse(text));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _application.StopAsync();
        await _application.DisposeAsync();
        _providers.Dispose();
        _directory.Dispose();
    }

    private static ConfigurationLoader Loader(ProviderCatalog providers) => new(BuiltInElements.AddTo(new ElementRegistry()), ModelCatalog.Known, providers);
}
