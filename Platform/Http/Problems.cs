using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Http;

/// <summary>The problems of every endpoint, and the mapping of technical exceptions to problems.</summary>
static class Problems
{
    public static readonly Problem Stopping = new(ProblemTypes.Stopping, "Nothing was changed. Send the same request again.")
    {
        RetryAfter = 1,
    };

    /// <summary>True if a read or a wait was cancelled or its connection was lost.</summary>
    public static bool IsAborted(Exception exception) => exception is OperationCanceledException or IOException;

    public static Problem From(Exception exception) => exception switch
    {
        Problem problem => problem,
        BadHttpRequestException { StatusCode: 413 or 415 } bad => ForStatus(bad.StatusCode),
        BadHttpRequestException { InnerException: JsonException json } => BadJson(json),
        JsonException json => BadJson(json),
        BadHttpRequestException { StatusCode: 400 } bad when bad.Message.Contains("no body was provided", StringComparison.Ordinal) =>
            new Problem(ProblemTypes.NoBody, "Send a JSON object; /docs shows an example."),
        BadHttpRequestException { StatusCode: 400 } bad => new Problem(ProblemTypes.InvalidRequest, bad.Message),
        BadHttpRequestException bad => new Problem(ProblemTypes.Other(bad.StatusCode), bad.Message),
        _ when DatabaseErrors.Classify(exception) != FailureKind.Permanent => new Problem(ProblemTypes.DatabaseUnavailable,
            "The request changed nothing, or its result is stored under its idempotency key. Send the same request again.") { RetryAfter = 2 },
        _ => ForStatus(500),
    };

    public static Problem ForStatus(int status) => status switch
    {
        400 => new Problem(ProblemTypes.InvalidRequest, "Compare the request with /openapi/v1.json."),
        404 => new Problem(ProblemTypes.RouteNotFound, "No endpoint has this path. /docs lists all endpoints."),
        405 => new Problem(ProblemTypes.MethodNotAllowed, "The Allow header lists the allowed methods."),
        413 => new Problem(ProblemTypes.BodyTooLarge, "Send a smaller body; the limit is the setting Limits:MaxRequestBytes."),
        415 => MediaType("application/json"),
        500 => new Problem(ProblemTypes.Internal, "The error is logged under this traceId. Sending the same request again is safe."),
        _ => new Problem(ProblemTypes.Other(status), "Compare the request with /openapi/v1.json."),
    };

    /// <summary>415 with the accepted content types.</summary>
    public static Problem MediaType(string types) => new(ProblemTypes.MediaType,
        $"Send the header 'Content-Type: {types}' and a body of that type; /docs shows an example.");

    static Problem BadJson(JsonException json)
    {
        var pointer = Pointer(json.Path);
        if (json.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return Problem.At(ProblemTypes.UnknownMember, pointer, "This member is unknown; remove it or correct its name.");
        if (json.Message.Contains("could not be converted", StringComparison.Ordinal))
            return Problem.At(ProblemTypes.WrongType, pointer, "The value has the wrong type or is out of range.");
        if (json.Message.Contains("Duplicate", StringComparison.OrdinalIgnoreCase))
            return Problem.At(ProblemTypes.DuplicateMember, pointer, "Each member may occur once; remove the second.");

        var place = json.LineNumber is { } line ? $" The error is at line {line + 1}, byte {json.BytePositionInLine + 1}." : "";
        return new Problem(ProblemTypes.InvalidJson, "Send one JSON document (RFC 8259) as UTF-8." + place);
    }

    /// <summary>Converts <c>$.lines[0].sku</c> to <c>/lines/0/sku</c>.</summary>
    static string Pointer(string? path) =>
        path is null or "$" ? "" : path.TrimStart('$').Replace("['", ".", StringComparison.Ordinal).Replace("']", "", StringComparison.Ordinal)
            .Replace('[', '.').Replace("]", "", StringComparison.Ordinal).Replace('.', '/');
}
