using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Seals a block of audit rows: a hash over them and the previous seal. A row or seal that is changed, added or removed later breaks the
/// chain.
/// </summary>
public sealed class AuditSeal
{
    const int HashLength = SHA256.HashSizeInBytes;

    /// <summary>Every audit row of the system comes through here.</summary>
    [ThreadStatic]
    static ArrayBufferWriter<byte>? buffer;

    const int MarkLength = sizeof(long) + 16;

    /// <summary>Counts up from 1 without a gap.</summary>
    public long Number { get; init; }

    /// <summary>The id after the last one of the previous seal.</summary>
    public long FirstId { get; init; }

    public long LastId { get; init; }

    /// <summary>The id and the mark of each row. They name the rows that no longer match.</summary>
    public byte[] Marks { get; init; } = [];

    /// <summary>UTC, whole milliseconds.</summary>
    public DateTime SealedAt { get; init; }

    /// <summary>Hash of the previous seal; empty for the first.</summary>
    public byte[] Previous { get; init; } = [];

    /// <summary>Of the other fields.</summary>
    public byte[] Hash { get; init; } = [];

    /// <param name="previous">The newest seal; null: there is none.</param>
    /// <param name="rows">The ids and marks of all rows after it, in the order of their ids; at least one.</param>
    /// <param name="at">UTC, whole milliseconds.</param>
    /// <param name="key">Makes the hash an HMAC; null: plain SHA-256.</param>
    public static AuditSeal Of(AuditSeal? previous, IReadOnlyList<(long Id, Guid Mark)> rows, DateTime at, byte[]? key)
    {
        var (number, firstId, before) = ((previous?.Number ?? 0) + 1, (previous?.LastId ?? 0) + 1, previous?.Hash ?? []);
        var marks = Join(rows);
        var hash = Compute([number, firstId, rows[^1].Id, at.Ticks], before, marks, key);
        return new AuditSeal
        {
            Number = number, FirstId = firstId, LastId = rows[^1].Id, Marks = marks, SealedAt = at, Previous = before, Hash = hash,
        };
    }

    /// <summary>The mark of a row with this content.</summary>
    public static Guid MarkOf(AuditRow row)
    {
        var data = buffer ??= new ArrayBufferWriter<byte>(1024);
        data.ResetWrittenCount();
        Add(data, row);
        Span<byte> hash = stackalloc byte[HashLength];
        SHA256.HashData(data.WrittenSpan, hash);
        return new Guid(hash[..16], bigEndian: true);
    }

    /// <summary>The first of the keys with which the seal matches the rows; -1: none.</summary>
    public int KeyOf(IReadOnlyList<AuditRow> rows, IReadOnlyList<byte[]?> keys)
    {
        var marks = Join(Marked(rows));
        return keys.ToList().FindIndex(key => Compute([Number, FirstId, LastId, SealedAt.Ticks], Previous, marks, key).AsSpan().SequenceEqual(Hash));
    }

    /// <summary>What happened to the rows since they were sealed, as far as the marks show it: their ids and <c>changed</c>, <c>added</c> or
    /// <c>removed</c>.</summary>
    public IEnumerable<(long Id, string What)> Differences(IReadOnlyList<AuditRow> rows)
    {
        var before = Read(Marks);
        var now = Marked(rows).ToDictionary();
        return before.Keys.Union(now.Keys).Order().Where(id => !before.TryGetValue(id, out var mark) || !now.TryGetValue(id, out var other) || mark != other)
            .Select(id => (id, !now.ContainsKey(id) ? "removed" : before.ContainsKey(id) ? "changed" : "added"));
    }

    static List<(long Id, Guid Mark)> Marked(IReadOnlyList<AuditRow> rows) => [.. rows.Select(row => (row.Id, MarkOf(row)))];

    static Dictionary<long, Guid> Read(byte[] marks) => marks.Chunk(MarkLength).Where(mark => mark.Length == MarkLength)
        .GroupBy(mark => BinaryPrimitives.ReadInt64BigEndian(mark))
        .ToDictionary(mark => mark.Key, mark => new Guid(mark.First().AsSpan(sizeof(long)), bigEndian: true));

    static byte[] Join(IReadOnlyList<(long Id, Guid Mark)> rows)
    {
        var marks = new byte[rows.Count * MarkLength];
        for (var i = 0; i < rows.Count; i++)
        {
            var mark = marks.AsSpan(i * MarkLength, MarkLength);
            BinaryPrimitives.WriteInt64BigEndian(mark, rows[i].Id);
            rows[i].Mark.TryWriteBytes(mark[sizeof(long)..], bigEndian: true, out _);
        }

        return marks;
    }

    static byte[] Compute(ReadOnlySpan<long> numbers, byte[] previous, byte[] marks, byte[]? key)
    {
        using var hash = key is null
            ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        foreach (var number in numbers)
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            hash.AppendData(bytes);
        }

        hash.AppendData(previous);
        hash.AppendData(marks);
        return hash.GetHashAndReset();
    }

    static void Add(ArrayBufferWriter<byte> data, AuditRow row)
    {
        Add(data, row.At.Ticks);
        foreach (var text in (ReadOnlySpan<string?>)[row.Subject, row.SubjectId, row.From, row.To, row.Cause, row.Detail, row.Actor])
        {
            // With their lengths, so that no text can move from one field to the next.
            Add(data, text?.Length ?? -1);
            Encoding.UTF8.GetBytes(text, data);
        }
    }

    static void Add(ArrayBufferWriter<byte> data, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(data.GetSpan(sizeof(long)), number);
        data.Advance(sizeof(long));
    }

    internal static void Map(EntityTypeBuilder<AuditSeal> row)
    {
        row.ToTable("audit_seals");
        row.HasKey(x => x.Number);
        row.Property(x => x.Number).HasColumnName("number").ValueGeneratedNever();
        row.Property(x => x.FirstId).HasColumnName("first_id");
        row.Property(x => x.LastId).HasColumnName("last_id");
        row.Property(x => x.Marks).HasColumnName("marks");
        row.Property(x => x.SealedAt).HasColumnName("sealed_at");
        row.Property(x => x.Previous).HasColumnName("previous").HasMaxLength(HashLength);
        row.Property(x => x.Hash).HasColumnName("hash").HasMaxLength(HashLength);
    }
}
