using System.Text.Json.Serialization;

namespace OrderSaga.Platform.Http;

/// <summary>Thrown anywhere in a request: becomes an RFC 9457 answer.</summary>
/// <param name="status">HTTP status, 400 to 599.</param>
/// <param name="name">The last part of the problem's type, e.g. <c>unknown-sku</c>.</param>
/// <param name="title">The same sentence each time that this type occurs.</param>
/// <param name="detail">What is wrong in this request and what to do.</param>
public sealed class Problem(int status, string name, string title, string detail) : Exception(detail)
{
    public const string TypePrefix = "https://ordersaga.dev/problems/";

    public int Status { get; } = status;
    public string Name { get; } = name;
    public string Title { get; } = title;
    public string Detail { get; } = detail;

    /// <summary>What is wrong with which part of the body.</summary>
    public IReadOnlyList<ProblemError> Errors { get; init; } = [];

    /// <summary>What a program needs beyond the words (RFC 9457 3.2), by name.</summary>
    public Dictionary<string, object?>? Members { get; init; }

    /// <summary>Seconds after which the same request may succeed.</summary>
    public int? RetryAfter { get; init; }
}

/// <summary>One thing that is wrong with the request.</summary>
/// <param name="Pointer">JSON pointer into the body (RFC 6901); empty for the whole body.</param>
/// <param name="Detail">What is wrong there and what to do.</param>
public sealed record ProblemError(string Pointer, string Detail);

/// <summary>The body of every answer that is not a success (RFC 9457, application/problem+json).</summary>
/// <param name="Type">Names the kind of problem.</param>
/// <param name="Title">The same sentence each time that this type occurs.</param>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">What is wrong in this request and what to do.</param>
/// <param name="Instance">The path that was called.</param>
/// <param name="TraceId">Names this request in logs and traces.</param>
/// <param name="Errors">What is wrong with which part of the body.</param>
public sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    string Detail,
    string? Instance,
    string? TraceId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemError>? Errors = null)
{
    /// <summary>What this type has besides: the new total of price-changed, for example.</summary>
    [JsonExtensionData]
    public Dictionary<string, object?>? Members { get; init; }
}
