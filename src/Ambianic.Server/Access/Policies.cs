using System.Security.Claims;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Access;

/// <summary>
/// Who may call what. Each call says so where it is mapped: <c>RequireAuthorization</c> with one of these names, or <c>AllowAnonymous</c>.
/// A call that says nothing is refused to everybody.
/// </summary>
internal static class Policies
{
    /// <summary>Sees.</summary>
    public const string Viewer = "viewer";

    /// <summary>Answers.</summary>
    public const string Carer = "carer";

    /// <summary>Changes.</summary>
    public const string Admin = "admin";

    /// <summary>The policy that a role has.</summary>
    public static string Of(AccessRole role) => role switch
    {
        AccessRole.Admin => Admin,
        AccessRole.Carer => Carer,
        _ => Viewer,
    };

    /// <summary>The role that a word names; null when it names none.</summary>
    public static AccessRole? Parse(string? word) => Enum.GetValues<AccessRole>().Cast<AccessRole?>().FirstOrDefault(role => Of(role!.Value) == word);

    /// <summary>Adds the log-in: how callers are recognised, and what each role may do.</summary>
    public static IServiceCollection AddAccess(this IServiceCollection services, string dataDir)
    {
        services.AddSingleton(provider => new AccessDatabase(dataDir, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AccessBook>();
        services.AddSingleton<AuditTrail>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditTrail>());
        services.AddSingleton<LogInLimits>();
        services.AddSingleton<LogIn>();
        services.AddSingleton<FirstRun>();
        services.AddSingleton<OpenRequests>();
        services.AddHostedService(provider => provider.GetRequiredService<OpenRequests>());
        services.AddAuthenticationCore(authentication =>
        {
            authentication.DefaultScheme = AccessHandler.Scheme;
            authentication.AddScheme<AccessHandler>(AccessHandler.Scheme, null);
        });
        services.AddAuthorizationBuilder()
            .AddPolicy(Viewer, policy => policy.RequireRole(Viewer, Carer, Admin))
            .AddPolicy(Carer, policy => policy.RequireRole(Carer, Admin))
            .AddPolicy(Admin, policy => policy.RequireRole(Admin))
            .SetFallbackPolicy(new Microsoft.AspNetCore.Authorization.AuthorizationPolicyBuilder()
                .RequireAuthenticatedUser()
                .RequireAssertion(call => call.Resource is HttpContext context && context.GetEndpoint() is null) // nothing is there: say so
                .Build());
        return services;
    }

    /// <summary>Recognises callers, and refuses what they may not do.</summary>
    public static void UseAccess(this IApplicationBuilder application)
    {
        application.UseAuthentication();
        application.UseAuthorization();
        application.Use((context, next) => context.RequestServices.GetRequiredService<OpenRequests>().RunAsync(context, next));
        application.Use((context, next) => context.RequestServices.GetRequiredService<AuditTrail>().RunAsync(context, next));
    }

    /// <summary>The person who is logged in; null for a program, and when nobody has to log in.</summary>
    public static string? PersonLoggedIn(this HttpContext context) => AccessState.Of(context).Records.FindUser(context.User.NameOf() ?? "")?.Name;

    /// <summary>Who calls, for people; null when it is nobody known.</summary>
    public static string? NameOf(this ClaimsPrincipal caller) => caller.Identity is { IsAuthenticated: true, Name: { } name } ? name : null;
}
