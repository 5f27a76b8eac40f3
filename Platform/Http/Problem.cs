using System.Text.Json.Serialization;

namespace OrderSaga.Platform.Http;

/// <summary>An exception that becomes an RFC 9457 answer.</summary>
/// <param name="type">One of <see cref="ProblemTypes"/>.</param>
/// <param name="detail">What is wrong with this request and what to do.</param>
public sealed class Problem(ProblemType type, string detail) : Exception(detail)
{
    public ProblemType Type { get; } = type;
    public string Detail { get; } = detail;

    /// <summary>The errors by part of the body.</summary>
    public IReadOnlyList<ProblemError> Errors { get; init; } = [];

    /// <summary>Extension members (RFC 9457 3.2) for programs, by name.</summary>
    public Dictionary<string, object?>? Members { get; init; }

    /// <summary>Seconds after which the same request may succeed.</summary>
    public int? RetryAfter { get; init; }

    /// <summary>A problem of one value in the body.</summary>
    public static Problem At(ProblemType type, string pointer, string what) =>
        new(type, pointer.Length == 0 ? what : $"At {pointer}: {what}") { Errors = [new(pointer, what)] };
}

/// <summary>One error in the request.</summary>
/// <param name="Pointer">JSON pointer into the body (RFC 6901); empty for the whole body.</param>
/// <param name="Detail">What is wrong there and what to do.</param>
public sealed record ProblemError(string Pointer, string Detail);

/// <summary>The body of every error answer (RFC 9457, application/problem+json).</summary>
/// <param name="Type">Identifies the kind of problem.</param>
/// <param name="Title">The same sentence for every problem of this type.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What is wrong with this request and what to do.</param>
/// <param name="Instance">The requested path.</param>
/// <param name="TraceId">Identifies this request in logs and traces.</param>
/// <param name="Errors">The errors by part of the body.</param>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    string? Instance,
    string? TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemError>? Errors = null)
{
    /// <summary>Extension members of this type, for example the new total of price-changed.</summary>
    [JsonExtensionData]
    public Dictionary<string, object?>? Members { get; init; }
}
