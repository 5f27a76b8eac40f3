using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orders.Model;

namespace Reconciler.Job;

/// <summary>One answer to a placement, as its caller saw it: a line of the client's log.</summary>
/// <param name="OrderId">The order that it was told of.</param>
/// <param name="Merchant">Whose key.</param>
/// <param name="Key">The idempotency key; none: only that the order exists is asked.</param>
/// <param name="Status">HTTP status. Only 2xx counts: nothing was promised by others.</param>
/// <param name="Body">The body; none: its bytes are not compared, as when the caller waited for the order's end.</param>
/// <param name="Sha256">In the body's place: SHA-256 of its bytes, hex.</param>
sealed record ClientAnswer(Guid? OrderId, string? Merchant, string? Key, int Status, string? Body, string? Sha256)
{
    public string? StoredId => Merchant is not null && Key is not null ? IdempotencyRecord.IdOf(Merchant, Key) : null;

    public string? Hash => Sha256?.ToLowerInvariant() ?? (Body is null ? null : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Body))));
}

/// <summary>The answer that is stored for a key.</summary>
sealed record StoredAnswer(string Id, Guid OrderId, int Status, string Hash)
{
    public static StoredAnswer Read(DbDataReader row) =>
        new(row.GetString(0), row.GetGuid(1), row.GetInt32(2), Convert.ToHexStringLower(SHA256.HashData(row.GetFieldValue<byte[]>(3))));
}

/// <summary>I3: every order that a caller was told of is there. I12: the key's stored answer is byte for byte what the caller saw.</summary>
static class ClientLog
{
    public static IEnumerable<Breach> Of(ClientAnswer seen, bool known, StoredAnswer? stored)
    {
        var order = $"{seen.OrderId}";
        if (!known)
            yield return new Breach("I3", order, "was acknowledged and is lost");
        if (seen.StoredId is null)
            yield break;
        if (stored is null)
            yield return new Breach("I3", order, $"was acknowledged under the key '{seen.Key}', of which nothing is stored");
        else if (stored.OrderId != seen.OrderId)
            yield return new Breach("I12", order, $"was the answer to the key '{seen.Key}'; now it is {stored.OrderId}");
        else if (seen.Hash is { } hash && (hash, seen.Status) != (stored.Hash, stored.Status))
            yield return new Breach("I12", order, $"was told with {seen.Status} and other bytes than the {stored.Status} stored for the key '{seen.Key}'");
    }

    /// <summary>The 2xx answers of a file of JSON lines.</summary>
    public static async IAsyncEnumerable<ClientAnswer> Read(string file, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var number = 0;
        await foreach (var line in File.ReadLinesAsync(file, cancel))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            if (Parse(line) is not { } answer)
                throw new InvalidOperationException($"Line {number} of {file} is not an answer, an object with orderId and status; see --help.");
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
