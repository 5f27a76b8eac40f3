using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orders.Model;

namespace OrderSaga.Verifier;

/// <summary>One answer to a placement as its caller saw it: one line of the client's log.</summary>
/// <param name="OrderId">The order in the answer.</param>
/// <param name="Merchant">Owner of the key.</param>
/// <param name="Key">The idempotency key; null: only the order's existence is checked.</param>
/// <param name="Status">HTTP status. Only 2xx counts: other answers promise nothing.</param>
/// <param name="Body">The body; null: not compared, for example if the caller waited for the final state.</param>
/// <param name="Sha256">SHA-256 of the body, hex, instead of the body.</param>
sealed record ClientAnswer(Guid? OrderId, string? Merchant, string? Key, int Status, string? Body, string? Sha256)
{
    public string? StoredId => Merchant is not null && Key is not null ? IdempotencyRecord.IdOf(Merchant, Key) : null;

    public string? Hash => Sha256?.ToLowerInvariant() ?? (Body is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body))));
}

/// <summary>The stored answer of a key.</summary>
sealed record StoredAnswer(string Id, Guid OrderId, int Status, string Hash)
{
    public static StoredAnswer Read(DbDataReader row) =>
        new(row.GetString(0), row.GetGuid(1), row.GetInt32(2), Convert.ToHexStringLower(SHA256.HashData(row.GetFieldValue<byte[]>(3))));
}

/// <summary>I3: every acknowledged order exists. I12: the key's stored answer is byte for byte the one the caller saw.</summary>
static class ClientLog
{
    public static IEnumerable<InvariantViolation> Of(ClientAnswer seen, bool known, StoredAnswer? stored)
    {
        var order = $"{seen.OrderId}";
        if (!known)
            yield return new InvariantViolation("I3", order, "was acknowledged but is lost");
        if (seen.StoredId is null)
            yield break;
        if (stored is null)
            yield return new InvariantViolation("I3", order, $"was acknowledged under the key '{seen.Key}', which is not stored");
        else if (stored.OrderId != seen.OrderId)
            yield return new InvariantViolation("I12", order, $"was the answer to the key '{seen.Key}'; the stored one is {stored.OrderId}");
        else if (seen.Hash is { } hash && (hash, seen.Status) != (stored.Hash, stored.Status))
            yield return new InvariantViolation("I12", order,
                $"was answered {seen.Status} with other bytes than the {stored.Status} stored for the key '{seen.Key}'");
    }

    /// <summary>Reads the 2xx answers of a file of JSON lines.</summary>
    public static async IAsyncEnumerable<ClientAnswer> Read(string file, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(file, cancel))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (Parse(line) is not { } answer)
                throw new InvalidOperationException($"Line {number} of {file} must be a JSON object with orderId and status; see --help.");
            if (answer.Status is >= 200 and < 300)
                yield return answer;
        }
    }

    static ClientAnswer? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<ClientAnswer>(line, JsonSerializerOptions.Web) is { Status: >= 100 } answer
                && (answer.OrderId is not null || answer.Status >= 300) ? answer : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
