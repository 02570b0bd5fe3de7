using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ambianic.Configuration.Saving;
using Ambianic.Core.Alerts;
using Ambianic.Core.Configuration;
using Ambianic.Server.Access;
using Ambianic.Server.Alerts;
using Ambianic.Server.Api;
using Ambianic.Server.Hosting;
using Ambianic.Server.Mqtt;
using Ambianic.Server.Streams;
using Ambianic.Server.Visibility;
using Ambianic.Storage;
using Microsoft.AspNetCore.Connections;
using Microsoft.OpenApi;

namespace Ambianic.Server;

/// <summary>Puts the program together: pipelines, store, and the web server.</summary>
internal static class AmbianicHost
{
    /// <summary>Port of the reference system's API.</summary>
    public const int DefaultPort = 8778;

    private static readonly TimeSpan LongestStop = TimeSpan.FromSeconds(5);

    /// <summary>Builds the program; runs nothing.</summary>
    /// <param name="configuration">Its valid pipelines will run.</param>
    /// <param name="port">TCP port; 0 takes any free one of this computer's loopback address.</param>
    /// <param name="reload">Reads the files again when they change; null leaves edits for the next start.</param>
    /// <param name="replace">Takes the place of parts that were added; null replaces none.</param>
    /// <param name="settings">Writes settings that are changed through the API; null when there is no file for them.</param>
    public static WebApplication Build(
        ConfigurationResult configuration,
        int port,
        ConfigurationReader? reload = null,
        Action<IServiceCollection>? replace = null,
        LocalSettings? settings = null)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "ambianic",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.Configuration.Sources.Clear(); // the configuration files and variables are Ambianic's own
        builder.Logging.AddAmbianicLog(configuration.Configuration.Logging);
        var listening = Listening.Decide(configuration.Configuration, port, TimeProvider.System);
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(listening.Apply);
        builder.Services.AddSingleton<IHostLifetime, CommandLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = LongestStop);
        builder.Services.ConfigureHttpJsonOptions(json =>
        {
            json.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
            json.SerializerOptions.NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals; // NaN in an old event is no reason to fail
            json.SerializerOptions.Converters.Add(new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower));
        });
        builder.Services.AddOpenApi(api => api.AddDocumentTransformer((document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Ambianic", Version = DeviceApi.Version, Description = "What this device sees and remembers." };
            return Task.CompletedTask;
        }));
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true); // so that the answer says what is wrong
        builder.Services.AddCors();
        builder.Services.AddAccess(configuration.Configuration.DataDir);
        builder.Services.AddProblemDetails().AddExceptionHandler<ApiErrors>();
        builder.Services.AddAmbianic(configuration);
        builder.Services.AddHostedService<PipelineService>();
        builder.Services.AddSingleton<VisibilityService>();
        builder.Services.AddHostedService(services => services.GetRequiredService<VisibilityService>());
        builder.Services.AddHostedService<OutageService>();
        builder.Services.AddAlerts(configuration.Configuration);
        builder.Services.AddSingleton(services => ActivatorUtilities.CreateInstance<SavedSettings>(services, new SettingsFile(settings, reload is not null)));
        builder.Services.AddSingleton<ConfigurationEditor>();
        builder.Services.AddMqtt();
        builder.Services.AddStreams();
        if (reload is not null)
        {
            builder.Services.AddSingleton(reload);
            builder.Services.AddHostedService<ConfigurationReload>();
        }

        replace?.Invoke(builder.Services);
        var application = builder.Build();
        application.UseExceptionHandler();
        listening.Report(application.Services.GetRequiredService<ILogger<Listening>>());
        application.UseSecurityHeaders();
        application.UseTrustedProxies(configuration.Configuration.Ui);
        AccessBook.Use(application);
        application.UseAllowedHosts(context => AccessState.Of(context).NeedsLogIn);
        application.UseListedOrigins();
        application.UseSameSiteApi();
        application.UseAccess();
        application.UseWebSockets();
        application.MapLogIn();
        application.MapPage();
        application.MapDataFiles(configuration.Configuration.DataDir);
        application.MapUsers();
        application.MapTokens();
        application.MapAudit();
        application.MapDevice();
        application.MapHealth();
        application.MapVisibility();
        application.MapTimeline();
        application.MapLiveTimeline();
        application.MapStreams();
        application.MapEvents();
        application.MapConfiguration();
        application.MapConfigurationFiles();
        application.MapConfigurationHistory();
        application.MapSettings();
        application.MapPremium();
        if (application.Services.GetRequiredService<IServiceProviderIsService>().IsService(typeof(IAlertDesk)))
        {
            application.MapAnswers();
            application.MapAlerts();
            application.MapNotifications();
            application.MapPush();
        }

        application.MapOpenApi("/api/openapi.json").RequireAuthorization(Policies.Viewer);
        application.MapOpenApi("/openapi.json").RequireAuthorization(Policies.Viewer);
        application.MapGet("/docs", () => Results.Redirect("docs.html")).RequireAuthorization(Policies.Viewer).ExcludeFromDescription();
        return application;
    }

    /// <summary>Runs until it is told to stop, or one of its services ends by a defect.</summary>
    /// <returns>The process's exit code: 0, or 1 so that systemd and Docker start it again.</returns>
    public static async Task<int> WaitAsync(IHost application, CancellationToken cancellation)
    {
        await application.WaitForShutdownAsync(cancellation);
        var hasFailed = application.Services.GetServices<IHostedService>().OfType<BackgroundService>().Any(service => service.ExecuteTask is { IsFaulted: true });
        return hasFailed ? 1 : 0;
    }

    /// <summary>Opens the store, starts to watch and to serve. A start is short and never cut off: who has to end meanwhile stops it afterwards.</summary>
    /// <returns>Where the page is.</returns>
    /// <exception cref="IOException">The data directory or the port cannot be used; the message says what to do.</exception>
    public static async Task<Uri> StartAsync(WebApplication application)
    {
        await application.Services.GetRequiredService<DeferredEventStore>().OpenAsync();
        try
        {
            await application.StartAsync(CancellationToken.None);
        }
        catch (IOException error) when (error.InnerException is AddressInUseException or SocketException)
        {
            await application.StopAsync(CancellationToken.None); // the parts that had started already
            throw new IOException($"{error.Message} Is Ambianic running already? Choose another port with --port.", error);
        }

        var first = new Uri(application.Urls.First());
        return new Uri($"{first.Scheme}://127.0.0.1:{first.Port}/");
    }
}
