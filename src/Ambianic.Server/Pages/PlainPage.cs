using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace Ambianic.Server.Pages;

/// <summary>What the pages without scripts have in common: colours, head and frame. They load nothing from elsewhere.</summary>
internal sealed class PlainPage
{
    private const string CommonStyle = """
        :root{--page:#f5f7f7;--card:#fff;--text:#14262b;--quiet:#55686d;--line:#d8e0e0;--accent:#0f6660;--on:#fff;--bad:#b3261e;font:18px/1.45 system-ui,sans-serif;color-scheme:light dark}
        @media(prefers-color-scheme:dark){:root{--page:#10181a;--card:#1a2629;--text:#e6eeee;--quiet:#9db0b4;--line:#2c3c40;--accent:#5cc8bf;--on:#10181a;--bad:#ff8a80}}
        *{box-sizing:border-box}
        body{margin:0 auto;padding:1rem;background:var(--page);color:var(--text);overflow-wrap:anywhere}
        .note{padding:.7rem .9rem;border-radius:.6rem;background:var(--card);border:1px solid var(--line)}
        .quiet{color:var(--quiet)}
        :is(button,a,input):focus-visible{outline:3px solid var(--text);outline-offset:2px}

        """;

    private readonly string _style;

    /// <summary>A kind of page.</summary>
    /// <param name="style">Its own style.</param>
    /// <param name="imageSources">Where its pictures may come from: source expressions of a content security policy.</param>
    /// <param name="frameAncestors">Who may show it in a frame, likewise.</param>
    public PlainPage(string style, string imageSources, string frameAncestors)
    {
        _style = CommonStyle + style;
        ContentSecurityPolicy =
            $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(_style)))}'; img-src {imageSources}; form-action 'self'; base-uri 'none'; frame-ancestors {frameAncestors}";
    }

    /// <summary>Allows the style, the pictures and forms of this address, and nothing else.</summary>
    public string ContentSecurityPolicy { get; }

    /// <summary>The whole document.</summary>
    /// <param name="title">Text.</param>
    /// <param name="body">HTML.</param>
    public string Document(string title, string body) => $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{Text(title)}</title>
        <link rel="icon" href="data:,">
        <style>{_style}</style>
        </head>
        <body>
        <main>
        {body}
        </main>
        </body>
        </html>
        """;

    /// <summary>Text as HTML shows it.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);
}
