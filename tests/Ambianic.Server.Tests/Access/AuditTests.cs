using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ambianic.Storage.Access;

namespace Ambianic.Server.Tests.Access;

/// <summary>What the audit log says, and what it does not do to the disk.</summary>
public sealed class AuditTests : IAsyncLifetime
{
    private GuardedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _house = await GuardedHouse.StartAsync();

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Audit_ManyRefusedLogIns_AreOneEntryWithTheirNumber()
    {
        using var stranger = _house.Browser();
        for (var i = 0; i < 4; i++)
        {
            using var wrong = await GuardedHouse.LogInAsync(stranger, "the.admin", $"wrong guess {i}");
        }

        Assert.Empty(_house.Database.Audit(10)); // nothing was written for them
        var entry = Assert.Single(await AuditAsync());
        Assert.Equal(("the.admin log-in refused", "refusal", 4), ($"{entry["who"]} {entry["what"]}", (string?)entry["kind"], (int?)entry["count"]));
    }

    [Fact]
    public async Task Audit_WhatIsInTheBodyOfACall_IsItsSubject()
    {
        using var admin = _house.Program(AccessRole.Admin);
        using var user = await admin.PostAsJsonAsync("/api/users", new { name = "bob", password = "five green frogs", role = "viewer" }, Cancellation);
        using var token = await admin.PostAsJsonAsync("/api/tokens", new { name = "door-bell", role = "viewer" }, Cancellation);
        var id = (string?)(await token.Content.ReadFromJsonAsync<JsonObject>(Cancellation))!["id"];
        using var removed = await admin.DeleteAsync(new Uri($"/api/tokens/{id}", UriKind.Relative), Cancellation);
        using var role = await admin.PutAsJsonAsync("/api/users/bob/role", new { role = "carer" }, Cancellation);

        Assert.Equal(
            ["PUT /api/users/bob/role: bob", $"DELETE /api/tokens/{id}: door-bell", "POST /api/tokens: door-bell", "POST /api/users: bob"],
            (await AuditAsync()).Select(entry => $"{entry["what"]}: {entry["subject"]}"));
    }

    [Fact]
    public async Task Audit_SnoozesAndSubscriptionsOfCarers_NameWhatTheyChange()
    {
        await using var house = await Alerts.AlertHouse.StartAsync();
        using var snooze = await house.Client.PostAsJsonAsync("/api/alerts/snooze", new { pipeline = "broken", minutes = 5 }, Cancellation);
        using var wake = await house.Client.DeleteAsync(new Uri("/api/alerts/snooze?pipeline=broken", UriKind.Relative), Cancellation);
        using var database = new AccessDatabase(house.House.DataDir, TimeProvider.System);

        snooze.EnsureSuccessStatusCode();
        wake.EnsureSuccessStatusCode();
        Assert.Empty(database.Audit(10)); // there is no audit log before there is a user
        Assert.Null(database.Add(new UserAccount("ann", Ambianic.Server.Access.Passwords.Hash(GuardedHouse.Password), AccessRole.Admin, TimeProvider.System.GetUtcNow())));
        using var done = await GuardedHouse.LogInAsync(house.Client, "ann");
        using var again = await house.Client.PostAsJsonAsync("/api/alerts/snooze", new { pipeline = "broken", minutes = 5 }, Cancellation);

        var entry = database.Audit(1)[0];
        Assert.Equal(("ann", "POST /api/alerts/snooze", "broken", AuditKind.Care), (entry.Who, entry.What, entry.Subject, entry.Kind));
    }

    private async Task<List<JsonNode>> AuditAsync()
    {
        using var program = _house.Program(AccessRole.Admin);
        return [.. (await program.GetFromJsonAsync<JsonObject>("/api/audit", Cancellation))!["audit"]!.AsArray().Select(entry => entry!)];
    }
}
