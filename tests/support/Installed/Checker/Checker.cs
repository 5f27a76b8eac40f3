using Microsoft.Extensions.Configuration;
using OrderSaga.Ledgers;
using OrderSaga.Verifier;
using Orders.Model;

namespace Installed;

/// <summary>An order as stored in its row.</summary>
public sealed record OrderRow(Guid Id, string State, string IdempotencyKey);

/// <summary>
/// Waits until an installation is at rest, then checks its ledgers against the invariants, like the command <c>verify</c>.
/// </summary>
/// <param name="mode">The engine of the databases.</param>
/// <param name="connection">The connection string of a database.</param>
/// <param name="ledger">Reads the gateway's ledger; the sandbox's by default.</param>
/// <param name="others">The connection strings of further sandboxes' ledgers, by the name of the gateway.</param>
public sealed class Checker(
    Mode mode, Func<string, string> connection, Func<Task<IReadOnlyList<GatewayRow>>>? ledger = null, IReadOnlyDictionary<string, string>? others = null)
{
    readonly IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(
        [
            new("Database:Mode", mode.Database),
            .. (others ?? new Dictionary<string, string>()).SelectMany(gateway => new KeyValuePair<string, string?>[]
            {
                new($"ConnectionStrings:sandbox-{gateway.Key}", gateway.Value + Sessions(mode)), new($"Gateways:{gateway.Key}:Key", "not used"),
            }),
            .. Migrations.Schema.Databases.Select(name => new KeyValuePair<string, string?>("ConnectionStrings:" + name, connection(name) + Sessions(mode))),
        ]).Build();

    static readonly string StatesAtRest =
        string.Join(", ", OrderLifecycle.States.Where(state => OrderLifecycle.Of(state).IsFinalOrInReview).Select(state => $"'{state}'"));

    /// <summary>Not pooled: a fault may have ended a pooled session, and only its next user would notice.</summary>
    static string Sessions(Mode mode) => mode.Database == "PostgreSql" ? ";Pooling=false" : "";

    /// <summary>Waits until every order is final and nothing is pending at the gateway or in an outbox.</summary>
    /// <param name="within">The deadline.</param>
    /// <param name="quiet">For this long no message was handled: a duplicate may still be in transit and cause a response.</param>
    public async Task AtRest(TimeSpan? within = null, TimeSpan quiet = default)
    {
        var sources = Sources(null);
        await Eventually.Becomes(
            "every order has ended, no operation at the gateway is open, every outbox is empty, no message is handled",
            () => Unrest(sources, quiet), open => open == (0, 0, 0, 0), within ?? TimeSpan.FromSeconds(30));
    }

    /// <summary>Waits until each audit row is sealed.</summary>
    public async Task IsSealed()
    {
        foreach (var owner in Sources(null).Owners)
            await Eventually.Becomes($"the audit of {owner.Name} is sealed",
                () => Count(owner, "audit WHERE id > (SELECT COALESCE(MAX(last_id), 0) FROM audit_seals)"), open => open == 0);
    }

    public async Task IsClean(IReadOnlyCollection<Guid> acknowledged)
    {
        await AtRest();
        var broken = await Broken(acknowledged);
        broken.ShouldBeEmpty($"{broken.Count} findings, the first of them:\n{string.Join('\n', broken.Take(20))}\n");
    }

    /// <summary>The violations in the ledgers of an installation at rest; empty if there are none.</summary>
    /// <param name="acknowledged">The orders acknowledged to callers.</param>
    /// <param name="since">Check only what changed at or after this time: earlier history does not belong to this run.</param>
    public Task<IReadOnlyList<string>> Broken(IReadOnlyCollection<Guid> acknowledged, DateTime? since = null) =>
        Broken(new VerifyOptions(AtRest: true), acknowledged, since);

    /// <summary>The violations in the ledgers of an installation at work.</summary>
    /// <param name="settleSeconds">What has not changed for this long must be in its final state.</param>
    public Task<IReadOnlyList<string>> BrokenAtWork(int settleSeconds) => Broken(new VerifyOptions(SettleSeconds: settleSeconds), [], null);

    /// <summary>The texts that a statement with one column reads from a database.</summary>
    public async Task<IReadOnlyList<string>> Texts(string database, string sql) => await Sources(null).Owners.Single(owner => owner.Name == database)
        .Rows(sql, row => row.GetString(0), CancellationToken.None).ToListAsync();

    public async Task<IReadOnlyList<OrderRow>> Orders() => await Sources(null).Orders.Rows(
        "SELECT id, state, idempotency_key FROM orders", row => new OrderRow(row.GetGuid(0), row.GetString(1), row.GetString(2)), CancellationToken.None)
        .ToListAsync();

    async Task<IReadOnlyList<string>> Broken(VerifyOptions options, IReadOnlyCollection<Guid> acknowledged, DateTime? since)
    {
        var gateway = ledger is null ? null : new WholeLedger(await ledger());
        var result = await new Verification(Sources(gateway), options, (_, _) => { }, TimeProvider.System)
        {
            Answers = acknowledged.Select(id => new ClientAnswer(id, null, null, 202, null, null)).ToAsyncEnumerable(),
            Since = since,
        }.Run(CancellationToken.None);
        return [.. result.Violations.Select(violation => violation.ToString())];
    }

    VerifySources Sources(WholeLedger? gateway) =>
        VerifySources.Of(configuration, (settings, bounds) => ledger is null ? GatewayLedger.Of(settings, bounds) : gateway);

    static async Task<(long Orders, long Attempts, long Outbox, long Handled)> Unrest(VerifySources sources, TimeSpan quiet)
    {
        var (outbox, handled) = (0L, 0L);
        foreach (var owner in sources.Owners)
        {
            outbox += await Count(owner, "outbox");
            if (quiet > TimeSpan.Zero)
                handled += await Count(owner, "inbox WHERE received_at > @since", ("since", TimeProvider.System.GetUtcNow().UtcDateTime - quiet));
        }

        // A declined payment may be polled for some time in case money is booked late; that does not count as pending.
        var attempts = await Count(sources.Payments, "payment_attempts WHERE state NOT IN ('Succeeded', 'Declined', 'NotSent')");
        return (await Count(sources.Orders, $"orders WHERE state NOT IN ({StatesAtRest})"), attempts, outbox, handled);
    }

    static async Task<long> Count(ServiceDatabase owner, string rows, params (string Name, object Value)[] parameters) =>
        await owner.Rows($"SELECT CAST(COUNT(*) AS bigint) FROM {rows}", row => row.GetInt64(0), CancellationToken.None, parameters).SingleAsync();

    /// <summary>Read at once, from a gateway other than the sandbox.</summary>
    sealed class WholeLedger(IReadOnlyList<GatewayRow> rows) : IGatewayLedger
    {
        readonly ILookup<string, GatewayRow> byReference = rows.ToLookup(row => row.Reference, StringComparer.Ordinal);

        public string Name => "as given";

        public Task<IReadOnlyList<GatewayRow>> Of(IReadOnlyList<string> references, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyList<GatewayRow>>([.. references.SelectMany(reference => byReference[reference])]);

        public IAsyncEnumerable<string> References(CancellationToken cancel) => byReference.Select(group => group.Key).ToAsyncEnumerable();
    }
}
