using System.Text;

namespace Orders.Api;

/// <summary>
/// The header Idempotency-Key. A key in double quotes is the same key without them: the IETF's draft makes it a string of structured fields
/// (RFC 8941), and one client library quotes where a call by hand does not.
/// </summary>
static class IdempotencyKey
{
    /// <summary>No key of any rule.</summary>
    const string None = "\n";

    public static string Of(HttpContext http) => http.Request.Headers["Idempotency-Key"] switch
    {
        { Count: > 1 } => None,
        var header when header.ToString() is ['"', .. var rest] => Unquoted(rest),
        var header => header.ToString(),
    };

    /// <summary>The key as earlier versions kept it, where that differs: with its quotes.</summary>
    public static string? FormerOf(HttpContext http) => http.Request.Headers["Idempotency-Key"].ToString() is ['"', ..] quoted ? quoted : null;

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
