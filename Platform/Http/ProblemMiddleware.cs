using System.Diagnostics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>
/// Outermost middleware: every answer of 400 and up is a problem without internal details, and every answer has protective headers.
/// </summary>
sealed class ProblemMiddleware(
    RequestDelegate next, IHostApplicationLifetime lifetime, LogSampler<ProblemMiddleware> sampler, ILogger<ProblemMiddleware> log)
{
    static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task InvokeAsync(HttpContext context)
    {
        Protect(context.Response.Headers);
        try
        {
            await next(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            log.LogDebug("The caller of {Method} {Path} disconnected", RequestLog.MethodOf(context), RequestLog.PathOf(context));
            return;
        }
        catch (Exception exception) when (!context.Response.HasStarted)
        {
            var problem = lifetime.ApplicationStopping.IsCancellationRequested && Problems.IsAborted(exception) ? Problems.Stopping : Problems.From(exception);
            if (problem.Type.Status >= 500 && problem != Problems.Stopping)
                LogFailure(context, exception, problem.Type.Name);
            await Write(context, problem);
            return;
        }

        if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentLength: null, ContentType: null })
            await Write(context, Problems.ForStatus(context.Response.StatusCode));
    }

    /// <summary>While a database is unavailable each request fails, and each failure has a stack.</summary>
    void LogFailure(HttpContext context, Exception exception, string problem)
    {
        if (sampler.Takes($"{problem} {exception.GetType()}", out var skipped))
            log.LogError(exception, "{Method} {Path} failed: {Problem}; {Skipped} more were not logged",
                RequestLog.MethodOf(context), RequestLog.PathOf(context), problem, skipped);
    }

    /// <summary>What holds for every answer that sets nothing else: no cache keeps it, no page frames it, and it loads nothing.</summary>
    static void Protect(IHeaderDictionary headers)
    {
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'";
    }

    public static Task Write(HttpContext context, Problem problem)
    {
        var response = context.Response;
        if (problem.Type == ProblemTypes.MediaType)
            problem = Problems.MediaType(context.Addresses().ContentTypes(context.Request));
        response.StatusCode = problem.Type.Status;
        Protect(response.Headers);
        if (problem.RetryAfter is { } seconds)
            response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);

        var body = new ProblemBody(
            problem.Type.Uri, problem.Type.Title, problem.Type.Status, problem.Detail, context.Request.Path,
            Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier, problem.Errors.Count > 0 ? problem.Errors : null)
        {
            Members = problem.Members,
        };
        return response.WriteAsJsonAsync(body, Json, "application/problem+json", CancellationToken.None);
    }
}

public static class ProblemResponse
{
    /// <summary>Answers with a problem without throwing: an exception costs more than the rest of a refusal.</summary>
    public static Task Refuse(this HttpContext context, Problem problem) => ProblemMiddleware.Write(context, problem);
}
