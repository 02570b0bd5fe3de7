using System.Net;
using System.Security.Claims;
using Ambianic.Server.Access;
using Ambianic.Storage.Access;
using Ambianic.Tests;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Ambianic.Server.Tests.Access;

/// <summary>Who may call what, for every route that the program has.</summary>
public sealed class RouteDecisionsTests : IAsyncLifetime
{
    private const string Anonymous = "anybody";

    private GuardedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await GuardedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public void EveryRoute_WhereItIsMapped_SaysWhoMayCall()
    {
        var routes = Routes();

        Assert.NotEmpty(routes);
        Assert.Empty(routes.Where(route => DecisionOf(route) is null).Select(NameOf));
    }

    [Fact]
    public void Reference_TableOfRoles_IsThatOfTheRoutes() => DocumentTable.AssertIs(
        ProjectFiles.Locate("docs/reference/api.md"),
        "<!-- roles -->",
        [
            "| who | calls |",
            "|---|---|",
            .. ((string[])[Anonymous, Policies.Viewer, Policies.Carer, Policies.Admin]).Select(who =>
                $"| {who} | {string.Join(", ", Routes().Where(route => DecisionOf(route) == who).Select(NameOf).Distinct().Order(StringComparer.Ordinal).Select(name => $"`{name}`"))} |"),
        ]);

    [Fact]
    public async Task EveryRoute_CalledByEachRole_IsRefusedToThoseWhoMayNot()
    {
        AccessRole?[] callers = [null, AccessRole.Viewer, AccessRole.Carer, AccessRole.Admin];
        var authorization = _house.House.Services.GetRequiredService<IAuthorizationService>();
        var wrong = new List<string>();
        var (refusals, grants) = (0, 0);
        foreach (var caller in callers)
        {
            using var client = _house.Program(caller);
            foreach (var route in Routes())
            {
                if (DecisionOf(route) is not { } decision || Rank(decision) <= Rank(caller))
                {
                    grants++;
                    if (DecisionOf(route) is { } policy and not Anonymous && !(await authorization.AuthorizeAsync(PrincipalOf(caller!.Value), null, policy)).Succeeded)
                    {
                        wrong.Add($"{NameOf(route)} is refused to {caller}");
                    }

                    continue; // not called: it may send or change something
                }

                refusals++;
                using var request = new HttpRequestMessage(new HttpMethod(MethodOf(route)), PathOf(route));
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);
                if (answer.StatusCode != (caller is null ? HttpStatusCode.Unauthorized : HttpStatusCode.Forbidden))
                {
                    wrong.Add($"{NameOf(route)} answers {caller?.ToString() ?? Anonymous} with {answer.StatusCode}");
                }
            }
        }

        Assert.True(refusals > 50 && grants > 50, $"{refusals} refusals and {grants} grants were looked at");
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData(AccessRole.Viewer, HttpStatusCode.NotFound)]
    public async Task PathWhereNothingIs_IsToldToThoseWhoLoggedIn(AccessRole? role, HttpStatusCode expected)
    {
        using var client = _house.Program(role);
        using var answer = await client.GetAsync(new Uri("/api/nothing/here", UriKind.Relative), Cancellation);

        Assert.Equal(expected, answer.StatusCode);
    }

    private List<RouteEndpoint> Routes() => [.. _house.House.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()];

    private static string? DecisionOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<IAllowAnonymous>() is not null ? Anonymous : route.Metadata.GetMetadata<IAuthorizeData>()?.Policy;

    private static int Rank(string decision) => decision switch { Policies.Viewer => 1, Policies.Carer => 2, Policies.Admin => 3, _ => 0 };

    private static int Rank(AccessRole? role) => role is { } may ? Rank(Policies.Of(may)) : 0;

    private static ClaimsPrincipal PrincipalOf(AccessRole role) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.Name, "somebody"), new Claim(ClaimTypes.Role, Policies.Of(role))], "test"));

    private static string MethodOf(RouteEndpoint route) => route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods[0] ?? "GET";

    private static string NameOf(RouteEndpoint route) => $"{MethodOf(route)} {(route.RoutePattern.RawText is { } path && path.StartsWith('/') ? path : $"/{route.RoutePattern.RawText}")}";

    /// <summary>A path of the route; values that a route restricts would have to be added here.</summary>
    private static Uri PathOf(RouteEndpoint route) => new(
        "/" + string.Join('/', route.RoutePattern.PathSegments.Select(segment => string.Concat(segment.Parts.Select(part =>
            part is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "x")))),
        UriKind.Relative);
}
