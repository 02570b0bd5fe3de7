using Ambianic.Server.Pages;
using static Ambianic.Server.Pages.PlainPage;

namespace Ambianic.Server.Access;

/// <summary>The log-in page, as HTML without scripts and without anything to load.</summary>
internal static class LogInPage
{
    private static readonly PlainPage Page = new("""
        body{max-width:26rem}
        h1{margin:1rem 0;font-size:1.5rem;line-height:1.2}
        form{display:grid;gap:.9rem}
        label{display:grid;gap:.25rem}
        input{width:100%;min-height:3rem;padding:.5rem .7rem;border:1px solid var(--quiet);border-radius:.6rem;background:var(--card);color:var(--text);font:inherit}
        button{min-height:3.5rem;border:2px solid var(--accent);border-radius:.8rem;background:var(--accent);color:var(--on);font:inherit;font-weight:600;cursor:pointer}
        .note{border-left:.35rem solid var(--bad)}
        a{color:var(--quiet)}
        """, imageSources: "data:", frameAncestors: "'self'");

    /// <inheritdoc cref="PlainPage.ContentSecurityPolicy"/>
    public static string ContentSecurityPolicy => Page.ContentSecurityPolicy;

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

    /// <summary>Asks for name and password of the first administrator.</summary>
    /// <param name="said">What went wrong; null when nothing did.</param>
    public static string AskFirst(string? said) => Document("Add the first administrator", $"""
        {(said is null ? "" : $"<p class=\"note\" role=\"alert\">{Text(said)}</p>")}
        <p>From then on everybody has to log in, also on this computer. When the configuration has ui.listen, restart Ambianic afterwards, so that it answers other computers too.</p>
        <form method="post">
        <label>Name <input name="name" autocomplete="username" autocapitalize="none" spellcheck="false" required autofocus></label>
        <label>Password <input name="password" type="password" autocomplete="new-password" minlength="10" required></label>
        <label>The same password again <input name="again" type="password" autocomplete="new-password" minlength="10" required></label>
        <button>Add and log in</button>
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

    private static string Document(string title, string body) => Page.Document(title, $"<h1 dir=\"auto\">{Text(title)}</h1>\n{body}");
}
