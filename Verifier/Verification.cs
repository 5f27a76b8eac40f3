using System.Text.Json;

namespace OrderSaga.Verifier;

/// <summary>Checks the databases of an installation, which may be running, against the invariants.</summary>
/// <param name="sources">The databases.</param>
/// <param name="options">How they are judged.</param>
/// <param name="progress">Called with the current step and its progress, 0 to 1.</param>
/// <param name="clock">Decides which orders have not changed for a while.</param>
sealed class Verification(VerifySources sources, VerifyOptions options, Action<string, double> progress, TimeProvider clock)
{
    /// <summary>Maximum number of reads of an order that keeps changing.</summary>
    const int MaxReads = 5;

    static readonly string[] OfOrders = ["I4", "I6", "I7", "I8", "I9", "I10", "I13", "I14", "I17"];

    readonly OrderEvidenceReader reader = new(sources);
    readonly DecisionCheck decisions = new(sources.Orders);
    readonly VerifyResult result = new();

    /// <summary>The client's log of answers; null: none.</summary>
    public IAsyncEnumerable<ClientAnswer>? Answers { get; init; }

    /// <summary>UTC; orders placed earlier are skipped. Null: none are.</summary>
    public DateTime? Since { get; init; }

    TimeSpan PayMargin => TimeSpan.FromSeconds(options.PayMarginSeconds);

    DateTime SettledBefore => clock.GetUtcNow().UtcDateTime.AddSeconds(-options.SettleSeconds);

    public async Task<VerifyResult> Run(CancellationToken cancel)
    {
        await Stock(cancel);
        await Orders(cancel);
        await MissingOrders(cancel);
        await Gateway(cancel);
        result.Add(await new StalledWorkCheck(sources, SettledBefore, options.AtRest).Read(cancel));
        result.RecordChecked(sources.Owners.Count, "I11", "I18");
        await Seals(cancel);
        await Client(cancel);
        return result;
    }

    async Task Stock(CancellationToken cancel)
    {
        progress("Stock", 0);
        await foreach (var sku in sources.Balances.Read(Since, cancel))
        {
            result.RecordChecked(1, "I1", "I2");
            result.Add(Invariants.Of(sku));
        }

        var receipts = sources.Inventory.Rows(
            VerificationSql.Receipts(sources.Inventory.Mode), row =>
                new ReceivedEntry(row.GetString(0), row.GetInt64(1), row.GetText(2), row.GetText(3)), cancel);
        await foreach (var sku in Runs(receipts))
        {
            result.RecordChecked(1, "I9");
            result.Add(AuditTrail.Of(sku));
        }
    }

    /// <summary>Groups receipts by sku.</summary>
    static async IAsyncEnumerable<List<ReceivedEntry>> Runs(IAsyncEnumerable<ReceivedEntry> rows)
    {
        List<ReceivedEntry> run = [];
        await foreach (var row in rows)
        {
            if (run.Count > 0 && run[0].Sku != row.Sku)
            {
                yield return run;
                run = [];
            }

            run.Add(row);
        }

        if (run.Count > 0)
            yield return run;
    }

    async Task Orders(CancellationToken cancel)
    {
        var expected = Math.Max(1, await sources.Orders.Rows(VerificationSql.Expected, row => row.GetInt64(0), cancel).SingleAsync(cancel));
        var snapshots = sources.Merge.Read(new MergeWindow(DateTime.MaxValue, Since), cancel: cancel)
            .Where(snapshot => snapshot is not { Order: null, Stock: null, Payment: null });
        await foreach (var page in snapshots.Chunk(sources.Page).WithCancellation(cancel))
        {
            result.Orders += page.Length;
            result.RecordChecked(page.Length, OfOrders);
            await decisions.Load(cancel);
            await Confirm(Suspects(await reader.Read(page, cancel)), cancel);
            progress($"{Amounts.Count(result.Orders)} orders", Math.Min(1, result.Orders / (double)expected));
        }

        if (sources.Gateway is null)
            result.NotChecked("--no-gateway", "I5");
        else
            result.RecordChecked(result.Orders, "I5");
    }

    List<OrderEvidence> Suspects(IEnumerable<OrderEvidence> evidence) => [.. evidence.Where(evidence => Violations(evidence).Any())];

    IEnumerable<InvariantViolation> Violations(OrderEvidence evidence) =>
        Invariants.Of(evidence, new VerificationTerms(SettledBefore, options.AtRest, PayMargin)).Concat(decisions.Of(evidence));

    /// <summary>
    /// The databases are read one after another, so one may be older than another. Two equal reads prove one moment: between the end of the
    /// first and the start of the second everything was as read. Only violations in such a moment count.
    /// </summary>
    async Task Confirm(List<OrderEvidence> suspects, CancellationToken cancel)
    {
        for (var read = 1; suspects.Count > 0 && read <= MaxReads; read++)
        {
            var before = suspects.ToDictionary(evidence => evidence.Id, Text);
            var again = await reader.Read([.. before.Keys], cancel);
            result.Add(again.Where(evidence => Text(evidence) == before[evidence.Id]).SelectMany(Violations));
            suspects = Suspects(again.Where(evidence => Text(evidence) != before[evidence.Id]));
        }

        result.Restless += suspects.Count;
    }

    static string Text(OrderEvidence evidence) => JsonSerializer.Serialize(evidence);

    /// <summary>I3 without a client's log: a stored answer or an audit row whose order is missing.</summary>
    async Task MissingOrders(CancellationToken cancel)
    {
        progress("Missing orders", 0);
        var lost = sources.Orders.Rows(VerificationSql.KeysWithoutOrder, row => row.GetGuid(0), cancel);
        result.Add(await lost.Select(id => new InvariantViolation("I3", $"{id}", "has a stored answer but is lost")).ToListAsync(cancel));
        var audited = sources.Orders.Rows(
            VerificationSql.Audited(Since), row => row.GetString(0), cancel, Since is { } since ? [("since", since)] : []);
        await foreach (var page in audited.Chunk(sources.Page).WithCancellation(cancel))
            result.Add((await Unknown(page, cancel)).Select(id => new InvariantViolation("I3", id, "was placed according to the audit but is lost")));
    }

    async Task Gateway(CancellationToken cancel)
    {
        if (sources.Gateway is null)
            result.AddNote("The gateway's ledger was not read (--no-gateway): I5 was not checked, and I7 and I17 without the gateway's operations.");
        else
            result.AddNote($"The gateway's ledger: {sources.Gateway.Name}.");
        if (sources.Gateway?.References(cancel) is not { } references)
            return;
        progress("The gateway's orders", 0);
        await foreach (var page in references.Chunk(sources.Page).WithCancellation(cancel))
        {
            if (await Unknown(page, cancel) is { Count: > 0 } unknown)
                result.Add((await sources.Gateway.Of(unknown, cancel)).GroupBy(row => row.Reference, StringComparer.Ordinal)
                    .SelectMany(group => Invariants.OfUnknown(group.Key, [.. group])));
        }
    }

    async Task<List<string>> Unknown(IReadOnlyList<string> references, CancellationToken cancel)
    {
        var known = await Known(references.Where(text => Guid.TryParseExact(text, "D", out _)).Select(Guid.Parse), cancel);
        return [.. references.Where(text => !Guid.TryParseExact(text, "D", out var id) || !known.Contains(id))];
    }

    async Task<HashSet<Guid>> Known(IEnumerable<Guid> ids, CancellationToken cancel) =>
        await sources.Orders.Among(VerificationSql.Known(sources.Orders.Mode), ids, row => row.GetGuid(0), cancel).ToHashSetAsync(null, cancel);

    /// <summary>The seals cover the whole history, also what is older than <see cref="Since"/>.</summary>
    async Task Seals(CancellationToken cancel)
    {
        foreach (var owner in Since is null ? sources.Owners : [])
        {
            progress($"The audit of {owner.Name}", 0);
            var check = new SealCheck(owner, sources.SealKeys);
            result.Add(await check.Read(cancel));
            result.RecordChecked(check.Rows, "I19");
            result.AddNote(check.Summary);
        }

        if (Since is not null)
            result.NotChecked("only a part of the history is checked", "I19");
    }

    async Task Client(CancellationToken cancel)
    {
        if (Answers is null)
        {
            result.NotChecked("needs --client-log", "I12");
            result.AddNote("Without --client-log, I3 is checked with the stored answers and the audit only.");
            return;
        }

        await foreach (var page in Answers.Chunk(sources.Page).WithCancellation(cancel))
        {
            result.RecordChecked(page.Length, "I3", "I12");
            progress($"{Amounts.Count(result.Invariants[2].LookedAt)} answers in the client log", 0);
            var known = await Known(page.Select(seen => seen.OrderId!.Value), cancel);
            var stored = await Stored(page.Select(seen => seen.StoredId).OfType<string>(), cancel);
            result.Add(page.SelectMany(seen => ClientLog.Of(
                seen, known.Contains(seen.OrderId!.Value), seen.StoredId is { } id ? stored.GetValueOrDefault(id) : null)));
        }
    }

    async Task<Dictionary<string, StoredAnswer>> Stored(IEnumerable<string> ids, CancellationToken cancel) =>
        await sources.Orders.Among(VerificationSql.Answers(sources.Orders.Mode), ids.Distinct(StringComparer.Ordinal), StoredAnswer.Read, cancel)
            .ToDictionaryAsync(answer => answer.Id, null, cancel);
}
