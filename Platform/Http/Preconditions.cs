using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace OrderSaga.Platform.Http;

/// <summary>Version of a resource, sent as ETag and Last-Modified.</summary>
/// <param name="Tag">A strong entity tag without quotes; differs after every change.</param>
/// <param name="ChangedAt">UTC; null: unknown, so that only the tag counts.</param>
public sealed record ResourceVersion(string Tag, DateTime? ChangedAt = null)
{
    internal EntityTagHeaderValue ETag { get; } = new($"\"{Tag}\"");

    /// <summary>HTTP dates have whole seconds.</summary>
    internal DateTimeOffset? LastModified { get; } =
        ChangedAt is { } at ? new DateTimeOffset(at.AddTicks(-(at.Ticks % TimeSpan.TicksPerSecond)), TimeSpan.Zero) : null;
}

/// <summary>
/// Conditional requests (RFC 9110 section 13): <c>If-Match</c>, <c>If-None-Match</c>, <c>If-Modified-Since</c>, <c>If-Unmodified-Since</c>.
/// </summary>
public static class Preconditions
{
    sealed record Supported;

    /// <summary>Marks an endpoint that evaluates the preconditions itself, in the transaction that writes.</summary>
    public static TBuilder AcceptsPreconditions<TBuilder>(this TBuilder endpoint) where TBuilder : IEndpointConventionBuilder => endpoint
        .WithMetadata(new Supported())
        .AcceptsHeader("If-Match", false, "Only if this is the current entity tag (the ETag of a GET); *: only if the resource exists.",
            "\"1-8de60c2b1a2b000\"")
        .AcceptsHeader("If-None-Match", false, "Only if none of these is the current entity tag; * with PUT: only if the resource does not exist.", "*")
        .ProducesProblem(ProblemTypes.InvalidPrecondition, ProblemTypes.PreconditionFailed);

    /// <summary>
    /// For a write: throws if a precondition does not hold. Call it in the transaction that writes, so that no other write comes between.
    /// </summary>
    /// <exception cref="Problem">412, or 400 for an invalid header.</exception>
    public static void Require(HttpRequest request, ResourceVersion? current)
    {
        RequireUnchanged(request.Headers, current);
        if (request.Headers.IfNoneMatch.Count > 0)
            Enforce(!Matches(request.Headers.IfNoneMatch, current, strong: false), current);
    }

    /// <summary>As <see cref="Require"/>, for a resource that may be changed only by callers that have read it: If-Match is mandatory.</summary>
    /// <exception cref="Problem">428 without an entity tag in If-Match (RFC 6585), 412, or 400 for an invalid header.</exception>
    public static void RequireMatch(HttpRequest request, ResourceVersion current)
    {
        // The asterisk is true for every version, so it does not show what the caller has read.
        if (request.Headers.IfMatch.Count == 0 || request.Headers.IfMatch == "*")
            throw new Problem(ProblemTypes.PreconditionRequired,
                "Nothing was changed. Read the resource first and send its ETag as If-Match, so that you change what you have seen.");
        Require(request, current);
    }

    /// <summary>For a read: sets ETag and Last-Modified; returns true if the caller has this version, to be answered with 304.</summary>
    public static bool IsKnown(HttpContext http, ResourceVersion current)
    {
        WriteHeaders(http.Response, current);
        var headers = http.Request.Headers;
        RequireUnchanged(headers, current);
        return headers.IfNoneMatch.Count > 0
            ? Matches(headers.IfNoneMatch, current, strong: false)
            : Date(headers.IfModifiedSince) is { } modified && current.LastModified <= modified;
    }

    public static void WriteHeaders(HttpResponse response, ResourceVersion current)
    {
        ResponseHeaders headers = response.GetTypedHeaders();
        (headers.ETag, headers.LastModified) = (current.ETag, current.LastModified);
    }

    /// <summary>A write must not ignore a precondition: without an entity tag, none can hold.</summary>
    internal static void RefuseWhereUnknown(HttpRequest request, RouteEndpoint endpoint)
    {
        var headers = request.Headers;
        var none = headers.IfMatch.Count == 0 && headers.IfNoneMatch.Count == 0 && headers.IfUnmodifiedSince.Count == 0;
        if (none || HttpMethods.IsGet(request.Method) || endpoint.Metadata.GetMetadata<Supported>() is not null)
            return;
        throw new Problem(ProblemTypes.PreconditionFailed,
            "Nothing was changed. This call has no entity tags; send it without If-Match, If-None-Match and If-Unmodified-Since.");
    }

    /// <summary>If-Match; If-Unmodified-Since counts only without it.</summary>
    static void RequireUnchanged(IHeaderDictionary headers, ResourceVersion? current)
    {
        if (headers.IfMatch.Count > 0)
            Enforce(Matches(headers.IfMatch, current, strong: true), current);
        else if (Date(headers.IfUnmodifiedSince) is { } since && current is not { LastModified: null })
            Enforce(current is not null && current.LastModified <= since, current);
    }

    static bool Matches(StringValues header, ResourceVersion? current, bool strong)
    {
        if (header is ["*"])
            return current is not null;
        if (!EntityTagHeaderValue.TryParseStrictList(header, out var tags) || tags.Count == 0 || tags.Any(tag => tag.Tag == "*"))
            throw new Problem(ProblemTypes.InvalidPrecondition, "Send * or entity tags in double quotes, as in the ETag header.");
        return current is not null && tags.Any(tag => tag.Compare(current.ETag, strong));
    }

    /// <summary>RFC 9110 13.1.3 and 13.1.4: an invalid HTTP date is ignored.</summary>
    static DateTimeOffset? Date(StringValues header) => header is [{ } text] && HeaderUtilities.TryParseDate(text, out var date) ? date : null;

    static void Enforce(bool holds, ResourceVersion? current)
    {
        if (!holds)
            throw new Problem(ProblemTypes.PreconditionFailed, current is null
                ? "Nothing was changed: the resource does not exist."
                : $"Nothing was changed: the current entity tag is {current.ETag}. Read the resource again, then decide.");
    }
}
