using System.Text;

namespace Orders.Api;

/// <summary>
/// The Idempotency-Key header. A key in double quotes equals the key without them: the IETF draft makes it a structured-field string (RFC
/// 8941), and clients differ in whether they quote it.
/// </summary>
static class IdempotencyKey
{
    /// <summary>An invalid key.</summary>
    const string None = "\n";

    public static string Of(HttpContext http) => http.Request.Headers["Idempotency-Key"] switch
    {
        { Count: > 1 } => None,
        var header when header.ToString() is ['"', .. var rest] => Unquoted(rest),
        var header => header.ToString(),
    };

    /// <summary>The key as earlier versions stored it, if different: with its quotes.</summary>
    public static string? LegacyOf(HttpContext http) => http.Request.Headers["Idempotency-Key"].ToString() is ['"', ..] quoted ? quoted : null;

    /// <summary>RFC 8941 3.3.3: only a quote and a backslash are escaped, and nothing follows the closing quote.</summary>
    static string Unquoted(string rest)
    {
        var key = new StringBuilder();
        for (var i = 0; i < rest.Length; i++)
        {
            if (rest[i] == '"')
                return i == rest.Length - 1 ? key.ToString() : None;
            if (rest[i] == '\\' && (++i == rest.Length || rest[i] is not ('"' or '\\')))
                return None;
            key.Append(rest[i]);
        }

        return None;
    }
}
