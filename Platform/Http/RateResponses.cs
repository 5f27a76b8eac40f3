using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>
/// What callers see of their rates: the header fields RateLimit-Policy and RateLimit, and the member violated-policies of a refusal. They
/// follow revision 11 of draft-ietf-httpapi-ratelimit-headers (23 May 2026). As its section 8.2 advises, they do not show limits that all
/// callers share.
/// </summary>
public static class RateResponses
{
    /// <summary>The limits, with q permits in w seconds each.</summary>
    public const string PolicyHeader = "RateLimit-Policy";

    /// <summary>What is left: r permits now, and more after t seconds. The Retry-After of a refusal is not before the t of what refused it.</summary>
    public const string StateHeader = "RateLimit";

    public static void WriteHeaders(HttpResponse response, RateCharge charge)
    {
        var limits = charge.Left().ToList();
        if (limits.Count == 0)
            return;
        response.Headers[PolicyHeader] = string.Join(", ", limits.Select(one => one.Limit.Policy));
        response.Headers[StateHeader] = string.Join(", ", limits.Select(one =>
            $"\"{one.Limit.Name}\";r={one.Left.Permits};t={(long)Math.Ceiling(one.Left.Window.TotalSeconds)}"));
    }

    /// <summary>Counts the refusal and returns the problem.</summary>
    /// <param name="excess">What refuses the request.</param>
    /// <param name="merchant">The caller's.</param>
    /// <param name="advice">What the caller should do.</param>
    public static Problem Refusal(RateExcess excess, string merchant, string advice)
    {
        LimitedRequests.Count(excess.Limits[0].Name, merchant);
        var limits = excess.Limits.Select(limit => limit.IsShared ? limit.Name : $"{limit.Name} ({limit.Size})");
        return new Problem(ProblemTypes.TooManyRequests, $"Over the limit of {string.Join(" and ", limits)}. {advice}")
        {
            RetryAfter = excess.RetryAfterSeconds,
            Members = new() { ["violated-policies"] = excess.Limits.Select(limit => limit.Name).ToArray() },
        };
    }

    /// <summary>Answers with the refusal, late: see <see cref="LimitedRequests.SlowDown"/>.</summary>
    public static async Task Refuse(HttpContext http, Problem refusal)
    {
        await LimitedRequests.SlowDown(http);
        await http.Refuse(refusal);
    }
}
