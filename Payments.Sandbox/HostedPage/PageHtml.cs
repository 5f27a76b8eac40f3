using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using OrderSaga.Contracts;

namespace OrderSaga.Sandbox;

/// <summary>Renders the payment page; pure.</summary>
static class PageHtml
{
    const string Style = """
        :root{color-scheme:light dark;--page:#eef1f6;--card:#fff;--text:#1b2430;--soft:#56637a;--line:#d9dfe9;--edge:#7d8aa0;--main:#1f4fd8;--main-text:#fff;
          --good:#14713d;--bad:#b3261e;--note:#fff4d6;--note-text:#5c4300}
        @media (prefers-color-scheme:dark){:root{--page:#10141b;--card:#1a212c;--text:#edf1f7;--soft:#a3b0c5;--line:#313c4e;--edge:#76859d;
          --main:#8db0ff;--main-text:#0c1830;--good:#6fd39b;--bad:#ff9d94;--note:#3a2f10;--note-text:#ffe2a0}}
        *{box-sizing:border-box}
        body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;padding:clamp(.75rem,4vw,1.5rem);
          background:var(--page);color:var(--text);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
        main{width:100%;max-width:28rem;background:var(--card);border:1px solid var(--line);border-radius:1rem;overflow:hidden;
          box-shadow:0 1rem 3rem rgb(16 24 40/.10)}
        .note{margin:0;padding:.6rem clamp(1.25rem,6vw,1.75rem);background:var(--note);color:var(--note-text);font-size:.875rem;font-weight:600}
        .body{padding:clamp(1.25rem,6vw,1.75rem)}
        h1{margin:0;font-size:1.125rem;font-weight:600;color:var(--soft)}
        .amount{margin:.15rem 0 1.25rem;font-size:clamp(2rem,9vw,2.5rem);font-weight:700;line-height:1.2;
          letter-spacing:-.02em;font-variant-numeric:tabular-nums}
        dl{margin:0 0 1.5rem;border-top:1px solid var(--line)}
        dl div{display:flex;flex-wrap:wrap;gap:0 1rem;justify-content:space-between;padding:.65rem 0;border-bottom:1px solid var(--line);font-size:.875rem}
        dt{color:var(--soft)}
        dd{margin:0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
        form{margin:.75rem 0 0}
        button{width:100%;min-height:3rem;padding:.7rem 1rem;border:1px solid var(--edge);border-radius:.6rem;background:transparent;color:var(--text);
          font:inherit;font-weight:600;cursor:pointer}
        button.main{border-color:var(--main);background:var(--main);color:var(--main-text)}
        button:hover{filter:brightness(1.08)}
        button:focus-visible{outline:3px solid var(--main);outline-offset:3px}
        .outcome{display:flex;gap:.75rem;align-items:center;margin:0 0 1.25rem;font-size:1.5rem;font-weight:700}
        .outcome svg{flex:none;width:2.25rem;height:2.25rem}
        .good{color:var(--good)}.bad{color:var(--bad)}
        .last{margin:0;color:var(--soft)}
        """;

    /// <summary>Allows this style, forms to this site, and nothing else.</summary>
    public static readonly string ContentSecurityPolicy =
        $"default-src 'none'; style-src 'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    const string Tick = "<path d=\"M7 12.5l3.2 3.2L17 9\"/>";
    const string Cross = "<path d=\"M8.5 8.5l7 7m0-7l-7 7\"/>";
    const string Clock = "<path d=\"M12 7v5l3.2 2\"/>";

    public static string Of(GatewayOperation? payment, DateTime now)
    {
        var (title, content) = payment switch
        {
            null => ("Payment not found", Outcome("bad", Cross, "Payment not found") + Last("Check the link, or return to the shop and try again.")),
            { Status: Statuses.Pending } when now < payment.ExpiresAt => ($"Pay {Amount(payment)}", Open(payment)),
            { Status: Statuses.Succeeded } => Closed(payment, "good", Tick, "Payment complete", "You can close this page and return to the shop."),
            { Status: Statuses.Declined } => Closed(payment, "bad", Cross, "Payment declined", "You have not been charged. You can close this page."),
            _ => Closed(payment, "bad", Clock, "Payment expired", "This payment can no longer be made. You have not been charged."),
        };
        return $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="robots" content="noindex">
            <title>{Html(title)}</title>
            <style>{Style}</style>
            </head>
            <body>
            <main>
            <p class="note">Test payment: no money moves</p>
            <div class="body">
            {content}
            </div>
            </main>
            </body>
            </html>
            """;
    }

    static string Open(GatewayOperation payment) => $"""
        <h1>Amount to pay</h1>
        <p class="amount">{Html(Amount(payment))}</p>
        {Details(payment, ("Pay before", $"{payment.ExpiresAt:d MMM yyyy, HH:mm} UTC"))}
        <form method="post" action="{payment.Id}/pay"><button class="main">Pay {Html(Amount(payment))}</button></form>
        <form method="post" action="{payment.Id}/decline"><button>Decline</button></form>
        """;

    static (string Title, string Content) Closed(GatewayOperation payment, string mood, string sign, string title, string last) =>
        (title, Outcome(mood, sign, title) + Details(payment, ("Amount", Amount(payment))) + Last(last));

    static string Outcome(string mood, string sign, string title) => $"""
        <h1 class="outcome {mood}"><svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"
        stroke-linejoin="round" aria-hidden="true"><circle cx="12" cy="12" r="10"/>{sign}</svg>{title}</h1>

        """;

    static string Details(GatewayOperation payment, (string Name, string Value) more) => $"""
        <dl>
        <div><dt>Reference</dt><dd>{Html(payment.Reference)}</dd></div>
        <div><dt>{more.Name}</dt><dd>{Html(more.Value)}</dd></div>
        </dl>

        """;

    static string Last(string text) => $"<p class=\"last\">{text}</p>";

    /// <summary>Converts minor units to the displayed amount.</summary>
    internal static string Amount(GatewayOperation payment)
    {
        var format = "N" + Currencies.Decimals(payment.Currency).ToString(CultureInfo.InvariantCulture);
        return $"{payment.Currency} {Currencies.Major(payment.Amount, payment.Currency).ToString(format, CultureInfo.InvariantCulture)}";
    }

    static string Html(string text) => HtmlEncoder.Default.Encode(text);
}
