using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Database;

namespace OrderSaga.Verifier;

/// <summary>The gateway's own ledger.</summary>
interface IGatewayLedger
{
    /// <summary>Where it is read from, for the output.</summary>
    string Name { get; }

    Task<IReadOnlyList<GatewayRow>> Of(IReadOnlyList<string> references, CancellationToken cancel);

    /// <summary>All its references; null if it cannot list them.</summary>
    IAsyncEnumerable<string>? References(CancellationToken cancel);
}

static class GatewayLedger
{
    /// <summary>All gateways: main, and those of the section <c>Gateways</c>.</summary>
    public static IGatewayLedger Of(IConfiguration configuration, LedgerSettings settings)
    {
        var main = Of(configuration, settings, "sandbox", "Gateway");
        List<(string Name, IGatewayLedger Ledger)> others =
        [
            .. configuration.GetSection("Gateways").GetChildren().Select(gateway => gateway.Key.ToLowerInvariant())
                .Select(name => (name, Of(configuration, settings, "sandbox-" + name, "Gateways:" + name))),
        ];
        return others.Count == 0 ? main : new AllGateways([(PaymentEntry.MainGateway, main), .. others]);
    }

    /// <summary>The sandbox's database if configured, otherwise the gateway's query API.</summary>
    static IGatewayLedger Of(IConfiguration configuration, LedgerSettings settings, string database, string section)
    {
        if (HasDatabase(configuration, database))
            return new SandboxDatabase(new ServiceDatabase(database, configuration.GetReadOnlyDatabase(database), settings));
        if (configuration[section + ":Url"] is { Length: > 0 } url && Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out var address))
            return new GatewayApi(address, configuration[section + ":Key"] ?? "");
        throw new InvalidOperationException($"The gateway's ledger is not configured: set ConnectionStrings:{database} to the sandbox's database, "
            + $"or {section}:Url and {section}:Key to the gateway's API, or omit it with --no-gateway.");
    }

    static bool HasDatabase(IConfiguration configuration, string database) =>
        (configuration.GetConnectionString(database + "-reader") ?? configuration.GetConnectionString(database)) is { Length: > 0 }
        || (configuration.GetDatabaseMode() == DatabaseMode.Sqlite && File.Exists(Path.Combine(configuration.GetDataDirectory(), database + ".db")));
}

/// <summary>The ledgers of several gateways as one: an order has at most one capture over all of them.</summary>
sealed class AllGateways(IReadOnlyList<(string Name, IGatewayLedger Ledger)> gateways) : IGatewayLedger
{
    public string Name => string.Join("; ", gateways.Select(gateway => $"{gateway.Name}: {gateway.Ledger.Name}"));

    public async Task<IReadOnlyList<GatewayRow>> Of(IReadOnlyList<string> references, CancellationToken cancel)
    {
        var ledgers = await Task.WhenAll(gateways.Select(gateway => Of(gateway.Name, gateway.Ledger, references, cancel)));
        return [.. ledgers.SelectMany(rows => rows)];
    }

    public IAsyncEnumerable<string>? References(CancellationToken cancel)
    {
        var all = gateways.Select(gateway => gateway.Ledger.References(cancel)).ToList();
        return all.Contains(null) ? null : all.ToAsyncEnumerable().SelectMany(references => references!).Distinct();
    }

    /// <summary>Two gateways may use the same ids.</summary>
    static async Task<IEnumerable<GatewayRow>> Of(string name, IGatewayLedger ledger, IReadOnlyList<string> references, CancellationToken cancel) =>
        (await ledger.Of(references, cancel)).Select(row => row with { AuthorizationId = $"{name}:{row.AuthorizationId}" });
}

sealed class SandboxDatabase(ServiceDatabase sandbox) : IGatewayLedger
{
    public string Name => "its database";

    public async Task<IReadOnlyList<GatewayRow>> Of(IReadOnlyList<string> references, CancellationToken cancel) => await sandbox.Among(
        VerificationSql.Gateway(sandbox.Mode), references,
        row => new GatewayRow(row.GetString(0), row.GetString(1), row.GetText(2), row.GetInt64(3), row.GetString(4), row.GetString(5),
            row.GetUtc(6)), cancel)
        .ToListAsync(cancel);

    public IAsyncEnumerable<string> References(CancellationToken cancel) => sandbox.Rows(VerificationSql.References, row => row.GetString(0), cancel);
}

/// <summary>Queries order by order, several concurrently.</summary>
sealed class GatewayApi(Uri url, string key) : IGatewayLedger, IDisposable
{
    const int AtOnce = 8;

    readonly HttpClient http = new()
    {
        Timeout = TimeSpan.FromSeconds(30),
        DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
    };

    public string Name => $"{url}v1/operations, which cannot list orders unknown to this installation";

    public async Task<IReadOnlyList<GatewayRow>> Of(IReadOnlyList<string> references, CancellationToken cancel)
    {
        var found = new ConcurrentBag<GatewayRow>();
        await Parallel.ForEachAsync(references, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel }, async (reference, stop) =>
        {
            foreach (var row in await Ask(reference, stop))
                found.Add(row);
        });
        return [.. found];
    }

    public IAsyncEnumerable<string>? References(CancellationToken cancel) => null;

    public void Dispose() => http.Dispose();

    async Task<IReadOnlyList<GatewayRow>> Ask(string reference, CancellationToken stop)
    {
        using var answer = await http.GetAsync(new Uri(url, "v1/operations?reference=" + Uri.EscapeDataString(reference)), stop);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"The gateway at {url} answered {(int)answer.StatusCode} to the query for {reference}.");
        return (await answer.Content.ReadFromJsonAsync<Operations>(JsonSerializerOptions.Web, stop))?.Items
            ?? throw new InvalidOperationException($"The gateway at {url} returned no items for {reference}.");
    }

    sealed record Operations(IReadOnlyList<GatewayRow>? Items);
}
