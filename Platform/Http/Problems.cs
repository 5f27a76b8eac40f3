using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Http;

/// <summary>The problems of every endpoint, and the mapping of technical exceptions to problems.</summary>
static class Problems
{
    public static readonly Problem Stopping = new(503, "stopping", "This process is stopping.", "Nothing was changed. Send the same request again.")
    {
        RetryAfter = 1,
    };

    /// <summary>True if a read or a wait was cancelled or its connection was lost.</summary>
    public static bool IsAborted(Exception exception) => exception is OperationCanceledException or IOException;

    public static Problem From(Exception exception) => exception switch
    {
        Problem problem => problem,
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } => ForStatus(413),
        BadHttpRequestException { StatusCode: StatusCodes.Status415UnsupportedMediaType } => ForStatus(415),
        BadHttpRequestException { InnerException: JsonException json } => BadJson(json),
        JsonException json => BadJson(json),
        BadHttpRequestException { StatusCode: 400 } bad when bad.Message.Contains("no body was provided", StringComparison.Ordinal) =>
            new Problem(400, "no-body", "The request has no body.", "Send a JSON object; /docs shows an example."),
        BadHttpRequestException bad => new Problem(bad.StatusCode, "invalid-request", "The request could not be read.", bad.Message),
        _ when DatabaseErrors.Classify(exception) != FailureKind.Permanent => new Problem(
            503, "database-unavailable", "The database is temporarily unavailable.",
            "The request changed nothing, or its result is stored under its idempotency key. Send the same request again.") { RetryAfter = 2 },
        _ => ForStatus(500),
    };

    public static Problem ForStatus(int status) => status switch
    {
        400 => new Problem(400, "invalid-request", "The request could not be read.", "Compare the request with /openapi/v1.json."),
        404 => new Problem(404, "route-not-found", "Not found.", "No endpoint has this path. /docs lists all endpoints."),
        405 => new Problem(405, "method-not-allowed", "Method not allowed.", "The Allow header lists the allowed methods."),
        413 => new Problem(413, "body-too-large", "The body is too large.", "Send a smaller body; the limit is the setting Limits:MaxRequestBytes."),
        415 => MediaType("application/json"),
        500 => new Problem(500, "internal", "Internal error.", "The error is logged under this traceId. Sending the same request again is safe."),
        _ => new Problem(status, "status-" + status, "The request was not handled.", "Compare the request with /openapi/v1.json."),
    };

    /// <summary>415 with the accepted content types.</summary>
    public static Problem MediaType(string types) => new(
        415, "media-type", "The media type is not supported.", $"Send the header 'Content-Type: {types}' and a body of that type; /docs shows an example.");

    static Problem BadJson(JsonException json)
    {
        var pointer = Pointer(json.Path);
        if (json.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return Invalid("unknown-member", "The body has an unknown member.", pointer, "This member is unknown; remove it or correct its name.");
        if (json.Message.Contains("could not be converted", StringComparison.Ordinal))
            return Invalid("wrong-type", "A value in the body has the wrong type.", pointer, "The value has the wrong type or is out of range.");
        if (json.Message.Contains("Duplicate", StringComparison.OrdinalIgnoreCase))
            return Invalid("duplicate-member", "The body has a member twice.", pointer, "Each member may occur once; remove the second.");

        var place = json.LineNumber is { } line ? $" The error is at line {line + 1}, byte {json.BytePositionInLine + 1}." : "";
        return new Problem(400, "invalid-json", "The body is not valid JSON.", "Send one JSON document (RFC 8259) as UTF-8." + place);
    }

    static Problem Invalid(string name, string title, string pointer, string what) =>
        new(400, name, title, pointer.Length == 0 ? what : $"At {pointer}: {what}") { Errors = [new(pointer, what)] };

    /// <summary>Converts <c>$.lines[0].sku</c> to <c>/lines/0/sku</c>.</summary>
    static string Pointer(string? path) =>
        path is null or "$" ? "" : path.TrimStart('$').Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal)
            .Replace('[', '.').Replace("]", "", StringComparison.Ordinal).Replace('.', '/');
}
