using System.Diagnostics;
using Ambianic.Server.Tests.Abuse;
using Ambianic.Storage.Access;
using Ambianic.Tests;

namespace Ambianic.Server.Tests.Clients;

/// <summary>Clients that well-known generators make of the program's description compile, and can be used against the running program.</summary>
[Slow]
public sealed class GeneratedClientTests : IAsyncLifetime
{
    private const string CSharpProject = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <NoWarn>CS0618</NoWarn>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="Microsoft.Kiota.Http.HttpClientLibrary" Version="2.1.6" />
            <PackageReference Include="Microsoft.Kiota.Serialization.Form" Version="2.1.6" />
            <PackageReference Include="Microsoft.Kiota.Serialization.Json" Version="2.1.6" />
            <PackageReference Include="Microsoft.Kiota.Serialization.Multipart" Version="2.1.6" />
            <PackageReference Include="Microsoft.Kiota.Serialization.Text" Version="2.1.6" />
          </ItemGroup>
        </Project>
        """;

    private const string CSharpProgram = """
        using Generated;
        using Generated.Models;
        using Microsoft.Kiota.Abstractions;
        using Microsoft.Kiota.Abstractions.Authentication;
        using Microsoft.Kiota.Http.HttpClientLibrary;

        using var http = new HttpClient();
        http.DefaultRequestHeaders.Authorization = new("Bearer", args[1]);
        var ambianic = new AmbianicClient(new HttpClientRequestAdapter(new AnonymousAuthenticationProvider(), httpClient: http) { BaseUrl = args[0] });

        Console.WriteLine($"me {(await ambianic.Api.Me.GetAsync())!.Role}");
        Console.WriteLine($"timeline {(await ambianic.Api.Timeline.GetAsync(call => call.QueryParameters.PageSize = 2))!.Status}");
        var made = await ambianic.Api.Tokens.PostAsync(new() { Name = "made-by-kiota", Role = "viewer", Days = 1 });
        Console.WriteLine($"token {made!.Name} {made.Token!.Length}");
        await ambianic.Api.Tokens[made.Id!].DeleteAsync();
        try
        {
            await ambianic.Api.Tokens[made.Id!].DeleteAsync();
        }
        catch (ApiException error)
        {
            Console.WriteLine($"again {error.ResponseStatusCode}");
        }
        """;

    private const string TypeScriptPackage = """
        {"name": "client", "private": true, "type": "module", "dependencies": {"openapi-typescript": "7.13.0", "openapi-fetch": "0.17.0", "typescript": "5.9.3"}}
        """;

    private const string TypeScriptProgram = """
        import createClient from "openapi-fetch";
        import type { paths } from "./schema";

        declare const process: { argv: string[] };
        const ambianic = createClient<paths>({ baseUrl: process.argv[2]!, headers: { Authorization: `Bearer ${process.argv[3]}` } });

        const me = await ambianic.GET("/api/me");
        console.log(`me ${me.data!.role}`);
        const page = await ambianic.GET("/api/timeline", { params: { query: { page_size: 2 } } });
        console.log(`timeline ${page.data!.status}`);
        const made = await ambianic.POST("/api/tokens", { body: { name: "made-by-typescript", role: "viewer", days: 1 } });
        console.log(`token ${made.data!.name} ${made.data!.token.length}`);
        const id = made.data!.id;
        await ambianic.DELETE("/api/tokens/{id}", { params: { path: { id } } });
        const again = await ambianic.DELETE("/api/tokens/{id}", { params: { path: { id } } });
        console.log(`again ${again.response.status}`);
        """;

    private readonly TemporaryDirectory _directory = new();
    private AbusedHouse _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _house = await AbusedHouse.StartAsync();
        await File.WriteAllTextAsync(_directory["openapi.json"], (await _house.DescriptionAsync()).ToJsonString(), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        _directory.Dispose();
    }

    [Fact]
    public async Task CSharp_MadeByKiota_CompilesAndCalls()
    {
        await File.WriteAllTextAsync(_directory["client.csproj"], CSharpProject, Cancellation);
        await File.WriteAllTextAsync(_directory["Program.cs"], CSharpProgram, Cancellation);
        await SkipUnlessAsync(ProjectFiles.Locate("."), "dotnet", "tool", "restore");
        await SkipUnlessAsync(_directory.Path, "dotnet", "restore");
        await RunAsync(ProjectFiles.Locate("."), "dotnet", "kiota", "generate", "-l", "CSharp", "-d", _directory["openapi.json"], "-c", "AmbianicClient", "-n", "Generated", "-o", _directory["Generated"]);

        var output = await RunAsync(_directory.Path, "dotnet", "run", "--", _house.Address.ToString().TrimEnd('/'), _house.Tokens[AccessRole.Admin]);

        Assert.Equal("me admin\ntimeline success\ntoken made-by-kiota 43\nagain 404", output.Trim());
    }

    [Fact]
    public async Task TypeScript_MadeByOpenApiTypeScript_CompilesAndCalls()
    {
        await File.WriteAllTextAsync(_directory["package.json"], TypeScriptPackage, Cancellation);
        await File.WriteAllTextAsync(_directory["main.ts"], TypeScriptProgram, Cancellation);
        await SkipUnlessAsync(_directory.Path, "npm", "install", "--no-audit", "--no-fund", "--ignore-scripts");
        await RunAsync(_directory.Path, "node_modules/.bin/openapi-typescript", "openapi.json", "-o", "schema.d.ts");
        await RunAsync(_directory.Path, "node_modules/.bin/tsc", "--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler", "--lib", "es2022,dom", "--skipLibCheck", "main.ts");

        var output = await RunAsync(_directory.Path, "node", "main.js", _house.Address.ToString().TrimEnd('/'), _house.Tokens[AccessRole.Admin]);

        Assert.Equal("me admin\ntimeline success\ntoken made-by-typescript 43\nagain 404", output.Trim());
    }

    /// <summary>Fetches what a generator needs; a machine without a network skips the test.</summary>
    private static async Task SkipUnlessAsync(string folder, params string[] command)
    {
        var (exitCode, output) = await TryAsync(folder, command);
        Assert.SkipUnless(exitCode == 0, $"{string.Join(' ', command)} failed: {output}");
    }

    private static async Task<string> RunAsync(string folder, params string[] command)
    {
        var (exitCode, output) = await TryAsync(folder, command);
        Assert.True(exitCode == 0, $"{string.Join(' ', command)} failed:\n{output}");
        return output;
    }

    private static async Task<(int ExitCode, string Output)> TryAsync(string folder, string[] command)
    {
        try
        {
            var program = command[0].Contains('/', StringComparison.Ordinal) ? Path.Combine(folder, command[0]) : command[0];
            using var process = Process.Start(new ProcessStartInfo(program, command[1..]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(Cancellation), process.StandardError.ReadToEndAsync(Cancellation));
            await process.WaitForExitAsync(Cancellation);
            return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return (-1, error.Message);
        }
    }
}
