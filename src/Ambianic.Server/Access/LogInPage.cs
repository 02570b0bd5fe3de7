using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Ambianic.Server.Access;

/// <summary>The log-in page, as HTML without scripts and without anything to load.</summary>
internal static class LogInPage
{
    private const string Style = """
        :root{--page:#f5f7f7;--card:#fff;--text:#14262b;--quiet:#55686d;--line:#d8e0e0;--accent:#0f6660;--on:#fff;--bad:#b3261e;font:18px/1.45 system-ui,sans-serif;color-scheme:light dark}
        @media(prefers-color-scheme:dark){:root{--page:#10181a;--card:#1a2629;--text:#e6eeee;--quiet:#9db0b4;--line:#2c3c40;--accent:#5cc8bf;--on:#10181a;--bad:#ff8a80}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:26rem;padding:1rem;background:var(--page);color:var(--text);overflow-wrap:anywhere}
        h1{margin:1rem 0;font-size:1.5rem;line-height:1.2}
        form{display:grid;gap:.9rem}
        label{display:grid;gap:.25rem}
        input{width:100%;min-height:3rem;padding:.5rem .7rem;border:1px solid var(--quiet);border-radius:.6rem;background:var(--card);color:var(--text);font:inherit}
        button{min-height:3.5rem;border:2px solid var(--accent);border-radius:.8rem;background:var(--accent);color:var(--on);font:inherit;font-weight:600;cursor:pointer}
        .note{padding:.7rem .9rem;border-radius:.6rem;background:var(--card);border:1px solid var(--line);border-left:.35rem solid var(--bad)}
        .quiet,a{color:var(--quiet)}
        input:focus-visible,button:focus-visible,a:focus-visible{outline:3px solid var(--text);outline-offset:2px}
        """;

    /// <summary>Allows the style above and forms of this address, and nothing else.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'self'";

    /// <summary>Asks for name and password.</summary>
    /// <param name="device">Name of this device.</param>
    /// <param name="said">What went wrong; null when nothing did.</param>
    public static string Ask(string device, string? said) => Document($"Log in to {device}", $"""
        {(said is null ? "" : $"<p class=\"note\" role=\"alert\">{Text(said)}</p>")}
        <form method="post">
        <label>Name <input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
        <label>Password <input name="password" type="password" autocomplete="current-password" required></label>
        <button>Log in</button>
        </form>
        """);

    /// <summary>Says who is logged in, and offers to log out.</summary>
    public static string Known(string device, string name, string role) => Document(device, $"""
        <p>You are logged in as {Text(name)}. Your role is {Text(role)}.</p>
        <form method="post" action="logout"><button>Log out</button></form>
        <p><a href="./index.html">The timeline</a></p>
        """);

    /// <summary>Says something else.</summary>
    public static string Told(string device, string what) => Document(device, $"<p>{Text(what)}</p><p><a href=\"./index.html\">The timeline</a></p>");

    private static string Document(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Text(title)}</title>
        <link rel="icon" href="data:,">
        <style>{Style}</style>
        </head>
        <body>
        <main>
        <h1 dir="auto">{Text(title)}</h1>
        {body}
        </main>
        </body>
        </html>
        """;

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
