using System.Data.Common;

namespace OrderSaga.Verifier;

/// <summary>Reads orders from all databases.</summary>
sealed class OrderEvidenceReader(VerifySources sources)
{
    public async Task<IReadOnlyList<OrderEvidence>> Read(IReadOnlyList<Guid> orders, CancellationToken cancel) =>
        await Read(await sources.Merge.ReadOrders(orders, cancel).ToListAsync(cancel), cancel);

    /// <summary>Adds everything else to the orders read from the ledgers.</summary>
    public async Task<IReadOnlyList<OrderEvidence>> Read(IReadOnlyList<OrderSnapshot> snapshots, CancellationToken cancel)
    {
        var ids = snapshots.Select(snapshot => snapshot.OrderId).ToList();
        var texts = ids.ConvertAll(id => id.ToString());
        var placements = Placements(ids, cancel);
        var cases = Among(VerificationSql.OpenCases(sources.Reconciler.Mode), ids, cancel);
        var repaired = Among(VerificationSql.Repaired(sources.Reconciler.Mode), ids, cancel);
        var gateway = sources.Gateway?.Of(texts, cancel);
        var audits = Task.WhenAll(new[] { sources.Orders, sources.Inventory, sources.Payments }.Select(owner => Audit(owner, texts, cancel)));
        await Task.WhenAll(placements, cases, repaired, audits, gateway ?? Task.CompletedTask);

        var trails = audits.Result.SelectMany(rows => rows).ToLookup(row => row.Id, row => row.Entry, StringComparer.Ordinal);
        var ledger = gateway?.Result.ToLookup(row => row.Reference, StringComparer.Ordinal);
        return
        [
            .. snapshots.Select(snapshot => new OrderEvidence(
                snapshot, placements.Result.GetValueOrDefault(snapshot.OrderId), [.. trails[snapshot.OrderId.ToString()]],
                ledger is null ? null : [.. ledger[snapshot.OrderId.ToString()]], cases.Result.Contains(snapshot.OrderId),
                repaired.Result.Contains(snapshot.OrderId))),
        ];
    }

    async Task<Dictionary<Guid, PlacementEntry>> Placements(List<Guid> ids, CancellationToken cancel) =>
        await sources.Orders.Among(VerificationSql.Placements(sources.Orders.Mode), ids, Placement, cancel)
            .ToDictionaryAsync(row => row.Id, row => row.Entry, null, cancel);

    static (Guid Id, PlacementEntry Entry) Placement(DbDataReader row) => (row.GetGuid(0), new PlacementEntry(
        row.GetString(1), row.IsDBNull(2) ? null : row.GetUtc(2), row.GetUtc(3),
        row.IsDBNull(4) ? null : new KeyEntry(row.GetString(4), row.GetString(5), row.GetString(6)),
        new DecidedEntry(row.IsDBNull(7) ? null : row.GetInt64(7), row.GetText(8), row.GetText(9))));

    async Task<HashSet<Guid>> Among(string sql, List<Guid> ids, CancellationToken cancel) =>
        await sources.Reconciler.Among(sql, ids, row => row.GetGuid(0), cancel).ToHashSetAsync(null, cancel);

    /// <summary>Audit rows of other subjects with the same id record messages, not states.</summary>
    static async Task<List<(string Id, AuditEntry Entry)>> Audit(ServiceDatabase owner, List<string> ids, CancellationToken cancel) =>
        await owner.Among(VerificationSql.Audit(owner.Mode), ids, Change, cancel).Where(row => AuditTrail.Covers(row.Entry.Subject)).ToListAsync(cancel);

    static (string Id, AuditEntry Entry) Change(DbDataReader row) =>
        (row.GetString(0), new AuditEntry(row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4), row.GetUtc(5), row.GetText(6)));
}
