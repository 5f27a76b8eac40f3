using System.Data.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Verifier;

/// <summary>I19: every sealed audit row is as it was when it was sealed, and so are the seals.</summary>
/// <param name="owner">The database.</param>
/// <param name="keys">The keys of the seals in the order of their use; null: seals without a key.</param>
sealed class SealCheck(ServiceDatabase owner, IReadOnlyList<byte[]?> keys)
{
    /// <summary>Index of the key of the last seal: a former key is not used again.</summary>
    int key;

    AuditSeal? previous;

    /// <summary>Sealed rows so far.</summary>
    public long Rows { get; private set; }

    long NotSealed { get; set; }

    /// <summary>How far the audit is sealed: compare it with a former run or with the log.</summary>
    public string Summary => (previous is null ? $"The audit of {owner.Name} has no seal"
        : $"The audit of {owner.Name} is sealed up to row {previous.LastId}: seal {previous.Number}, {Convert.ToHexStringLower(previous.Hash)}")
        + (NotSealed > 0 ? $"; {NotSealed} newer rows are not sealed." : ".");

    /// <summary>The seals are read first: what they seal is committed before the rows are read.</summary>
    public async Task<List<InvariantViolation>> Read(CancellationToken cancel)
    {
        List<InvariantViolation> found = [];
        await using var seals = owner.Rows(VerificationSql.Seals, ReadSeal, cancel).GetAsyncEnumerator(cancel);
        var hasSeal = await seals.MoveNextAsync();
        await using var rows = owner.Rows(VerificationSql.AuditRows, ReadRow, cancel).GetAsyncEnumerator(cancel);
        var hasRow = await rows.MoveNextAsync();
        for (; hasSeal; hasSeal = await seals.MoveNextAsync())
        {
            List<AuditRow> block = [];
            for (; hasRow && rows.Current.Id <= seals.Current.LastId; hasRow = await rows.MoveNextAsync())
            {
                // If seals are missing, the rows before this one were theirs.
                if (rows.Current.Id >= seals.Current.FirstId || Continues(seals.Current))
                    block.Add(rows.Current);
            }

            found.AddRange(Check(seals.Current, block));
            (previous, Rows) = (seals.Current, Rows + block.Count);
        }

        for (; hasRow; hasRow = await rows.MoveNextAsync())
            NotSealed++;
        return found;
    }

    IEnumerable<InvariantViolation> Check(AuditSeal seal, List<AuditRow> rows)
    {
        var name = $"seal {seal.Number}";
        if (!Continues(seal))
            yield return Violation(name, $"has no seals between it and seal {previous?.Number ?? 0}: they were removed");
        else if (seal.FirstId != (previous?.LastId ?? 0) + 1 || !seal.Previous.SequenceEqual(previous?.Hash ?? []))
            yield return Violation(name, "does not continue the seal before it: one of them was changed");

        if (seal.KeyOf(rows, [.. keys.Skip(key)]) is >= 0 and var next)
        {
            key += next;
            yield break;
        }

        var differences = seal.Differences(rows).ToList();
        foreach (var (id, what) in differences)
            yield return Violation($"audit row {id}", $"was {what} after {name} was made, at {seal.SealedAt:u}");
        if (differences.Count == 0)
            yield return Violation(name, "does not match its rows: it was changed, or Audit:SealKeys lacks its key");
    }

    bool Continues(AuditSeal seal) => seal.Number == (previous?.Number ?? 0) + 1;

    InvariantViolation Violation(string subject, string what) => new("I19", $"{owner.Name} {subject}", what);

    static AuditSeal ReadSeal(DbDataReader row) => new()
    {
        Number = row.GetInt64(0), FirstId = row.GetInt64(1), LastId = row.GetInt64(2), Marks = row.GetFieldValue<byte[]>(3), SealedAt = row.GetUtc(4),
        Previous = row.GetFieldValue<byte[]>(5), Hash = row.GetFieldValue<byte[]>(6),
    };

    static AuditRow ReadRow(DbDataReader row) => new()
    {
        Id = row.GetInt64(0), At = row.GetUtc(1), Subject = row.GetString(2), SubjectId = row.GetString(3), From = row.GetString(4),
        To = row.GetString(5), Cause = row.GetString(6), Detail = row.IsDBNull(7) ? null : row.GetString(7), Actor = row.IsDBNull(8) ? null : row.GetString(8),
    };
}
