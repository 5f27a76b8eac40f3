namespace OrderSaga.Sandbox.Tests;

public sealed class TokenTests(OnSqlite sandbox) : IClassFixture<OnSqlite>
{
    readonly GatewayCaller gateway = sandbox.Host.Gateway;

    [Fact]
    public async Task Token_ok_is_authorized_as_requested()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var answer = (await gateway.Authorize("tok_ok", key, reference)).ShouldBe(HttpStatusCode.Created, "succeeded");

        answer.Id.ShouldStartWith("auth_");
        answer.Json.AsObject().Select(x => x.Key).ShouldBe(
            ["id", "operation", "status", "reason", "authorizationId", "amount", "currency", "reference", "idempotencyKey", "url", "expiresAt", "at"]);
        (answer.Field("amount"), answer.Field("currency"), answer.Field("reference"), answer.Field("idempotencyKey")).ShouldBe(("1250", "EUR", reference, key));
        (answer.Field("reason"), answer.Field("url"), answer.Field("expiresAt")).ShouldBe((null, null, null));
        answer.Field("at").ShouldNotBeNull().ShouldEndWith("Z");
    }

    [Fact]
    public async Task Token_declined_is_402_and_final()
    {
        var answer = (await gateway.Authorize("tok_declined")).ShouldBe(HttpStatusCode.PaymentRequired, "declined");
        answer.Field("reason").ShouldBe("card declined");
        (await gateway.Capture(answer.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-declined");
        (await gateway.Void(answer.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-declined");
    }

    [Fact]
    public async Task Token_timeout_is_executed_and_answered_on_retry()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        await Should.ThrowAsync<OperationCanceledException>(() => gateway.Authorize("tok_timeout", key, reference, waitLimit: TimeSpan.FromMilliseconds(700)));

        (await gateway.Ledger($"idempotencyKey={key}")).ShouldBe(["authorize:succeeded"]);
        var repeat = (await gateway.Authorize("tok_timeout", key, reference)).ShouldBe(HttpStatusCode.Created, "succeeded");
        repeat.Replayed.ShouldBeTrue();
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded"]);
    }

    [Fact]
    public async Task Token_timeout_finally_breaks_the_connection()
    {
        await using var hasty = await SandboxHost.Start("--Sandbox:HoldSeconds=0.2");
        var key = Some.Key();
        await Should.ThrowAsync<HttpRequestException>(() => hasty.Gateway.Authorize("tok_timeout", key));
        (await hasty.Gateway.Ledger($"idempotencyKey={key}")).ShouldBe(["authorize:succeeded"]);
    }

    [Fact]
    public async Task A_held_connection_does_not_delay_shutdown()
    {
        var began = TimeProvider.System.GetTimestamp();
        Task<GatewayReply> held;
        await using (var host = await SandboxHost.Start())
        {
            var key = Some.Key();
            held = host.Gateway.Authorize("tok_timeout", key);
            await Eventually.Holds("the operation is done", async () => (await host.Gateway.Ledger($"idempotencyKey={key}")).Length == 1);
        }

        await Should.ThrowAsync<Exception>(() => held);
        TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task Token_error_is_executed_and_answered_on_retry()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        (await gateway.Authorize("tok_error", key, reference)).Status.ShouldBe(HttpStatusCode.InternalServerError);
        (await gateway.Ledger($"idempotencyKey={key}")).ShouldBe(["authorize:succeeded"]);
        (await gateway.Authorize("tok_error", key, reference)).ShouldBe(HttpStatusCode.Created, "succeeded");
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded"]);
    }

    [Fact]
    public async Task Token_slow_delays_only_the_first_response()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var began = TimeProvider.System.GetTimestamp();
        var first = (await gateway.Authorize("tok_slow", key, reference)).ShouldBe(HttpStatusCode.Created, "succeeded");
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(290));
        (await gateway.Authorize("tok_slow", key, reference)).Body.ShouldBe(first.Body);
    }

    [Fact]
    public async Task Token_capture_refused_declines_the_capture_only()
    {
        var reference = Some.Reference();
        var authorization = (await gateway.Authorize("tok_capture_refused", reference: reference)).ShouldBe(HttpStatusCode.Created, "succeeded");
        var capture = (await gateway.Capture(authorization.Id)).ShouldBe(HttpStatusCode.PaymentRequired, "declined");
        capture.Id.ShouldStartWith("cap_");
        capture.Field("reason").ShouldBe("capture refused by the issuer");

        (await gateway.Refund(capture.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "capture-declined");
        (await gateway.Void(authorization.Id)).ShouldBe(HttpStatusCode.Created, "succeeded");
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded", "capture:declined", "void:succeeded"]);
    }

    [Theory]
    [InlineData("tok_unknown")]
    [InlineData("TOK_OK")]
    [InlineData("")]
    public async Task An_unknown_token_is_refused_and_stores_nothing(string token)
    {
        var reference = Some.Reference();
        (await gateway.Authorize(token, reference: reference)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "unknown-card");
        (await gateway.Ledger($"reference={reference}")).ShouldBeEmpty();
    }
}
