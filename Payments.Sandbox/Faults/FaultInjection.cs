using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Returns the answer of a committed operation, or injects a fault instead. A repeat of the key is always answered.</summary>
static class FaultInjection
{
    public static async Task<IResult> Answer(this HttpContext context, Outcome outcome, Fault fault)
    {
        var operation = outcome.Accepted;
        if (Guid.TryParse(operation.Reference, out var order))
            context.TagOrder(order);
        if (outcome.Replayed)
            context.Response.Headers["Idempotency-Replayed"] = "true";
        else if (fault.Timeout)
            return await NeverAnswer(context);
        else if (fault.Delay > TimeSpan.Zero)
            await Wait(context, fault.Delay);

        return fault.Error && !outcome.Replayed
            ? Results.StatusCode(StatusCodes.Status500InternalServerError)
            : Results.Text(operation.Answer, "application/json", statusCode: operation.AnswerStatus);
    }

    /// <summary>Holds the connection until the caller disconnects or the time is over, then breaks it without an answer.</summary>
    static async Task<IResult> NeverAnswer(HttpContext context)
    {
        await Wait(context, context.RequestServices.GetRequiredService<SandboxSettings>().Hold);
        context.Abort();
        return Results.Empty;
    }

    /// <summary>Ends early if the caller disconnects or the process stops.</summary>
    static async Task Wait(HttpContext context, TimeSpan time)
    {
        var stopping = context.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        await Task.Delay(time, context.RequestServices.GetRequiredService<TimeProvider>(), end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
