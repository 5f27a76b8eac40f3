using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
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
    const int MarkLength = sizeof(long) + sizeof(int);

    /// <summary>Counts up from 1 without a gap.</summary>
    public long Number { get; init; }

    /// <summary>The id after the last one of the previous seal.</summary>
    public long FirstId { get; init; }

    public long LastId { get; init; }

    /// <summary>The id and the CRC-32C of each row: they name the rows that no longer match.</summary>
    public byte[] Marks { get; init; } = [];

    /// <summary>UTC, whole milliseconds.</summary>
    public DateTime SealedAt { get; init; }

    /// <summary>Hash of the previous seal; empty for the first.</summary>
    public byte[] Previous { get; init; } = [];

    /// <summary>Of the other fields and the rows.</summary>
    public byte[] Hash { get; init; } = [];

    /// <param name="previous">The newest seal; null: there is none.</param>
    /// <param name="rows">All rows after it, in the order of their ids; at least one.</param>
    /// <param name="at">UTC, whole milliseconds.</param>
    /// <param name="key">Makes the hash an HMAC; null: plain SHA-256.</param>
    public static AuditSeal Of(AuditSeal? previous, IReadOnlyList<AuditRow> rows, DateTime at, byte[]? key)
    {
        var (number, firstId, before) = ((previous?.Number ?? 0) + 1, (previous?.LastId ?? 0) + 1, previous?.Hash ?? []);
        var (marks, hash) = Compute([number, firstId, rows[^1].Id, at.Ticks], before, rows, key);
        return new AuditSeal
        {
            Number = number, FirstId = firstId, LastId = rows[^1].Id, Marks = marks, SealedAt = at, Previous = before, Hash = hash,
        };
    }

    /// <summary>The first of the keys with which the seal matches the rows; -1: none.</summary>
    public int KeyOf(IReadOnlyList<AuditRow> rows, IReadOnlyList<byte[]?> keys) =>
        keys.ToList().FindIndex(key => Compute(rows, key).Hash.AsSpan().SequenceEqual(Hash));

    /// <summary>What happened to the rows since they were sealed, as far as the marks show it: their ids and <c>changed</c>, <c>added</c> or
    /// <c>removed</c>.</summary>
    public IEnumerable<(long Id, string What)> Differences(IReadOnlyList<AuditRow> rows)
    {
        var before = Read(Marks);
        var now = Read(Compute(rows, key: null).Marks);
        return before.Keys.Union(now.Keys).Order().Where(id => !before.TryGetValue(id, out var mark) || !now.TryGetValue(id, out var other) || mark != other)
            .Select(id => (id, !now.ContainsKey(id) ? "removed" : before.ContainsKey(id) ? "changed" : "added"));
    }

    static Dictionary<long, int> Read(byte[] marks) => marks.Chunk(MarkLength).Where(mark => mark.Length == MarkLength)
        .GroupBy(mark => BinaryPrimitives.ReadInt64BigEndian(mark))
        .ToDictionary(mark => mark.Key, mark => BinaryPrimitives.ReadInt32BigEndian(mark.First().AsSpan(sizeof(long))));

    (byte[] Marks, byte[] Hash) Compute(IReadOnlyList<AuditRow> rows, byte[]? key) =>
        Compute([Number, FirstId, LastId, SealedAt.Ticks], Previous, rows, key);

    /// <summary>One pass, without a copy of the block: every audit row of the system comes through here.</summary>
    static (byte[] Marks, byte[] Hash) Compute(ReadOnlySpan<long> numbers, byte[] previous, IReadOnlyList<AuditRow> rows, byte[]? key)
    {
        using var hash = key is null
            ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        var marks = new byte[rows.Count * MarkLength];
        var data = new ArrayBufferWriter<byte>(1024);
        foreach (var number in numbers)
            Add(data, number);
        data.Write(previous);
        hash.AppendData(data.WrittenSpan);
        for (var i = 0; i < rows.Count; i++)
        {
            data.ResetWrittenCount();
            Add(data, rows[i]);
            hash.AppendData(data.WrittenSpan);
            BinaryPrimitives.WriteInt64BigEndian(marks.AsSpan(i * MarkLength), rows[i].Id);
            BinaryPrimitives.WriteUInt32BigEndian(marks.AsSpan((i * MarkLength) + sizeof(long)), Crc32C(data.WrittenSpan));
        }

        return (marks, hash.GetHashAndReset());
    }

    static uint Crc32C(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        for (; data.Length >= sizeof(ulong); data = data[sizeof(ulong)..])
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
        foreach (var one in data)
            crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }

    static void Add(ArrayBufferWriter<byte> data, AuditRow row)
    {
        Add(data, row.Id);
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
