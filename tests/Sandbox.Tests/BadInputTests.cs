namespace OrderSaga.Sandbox.Tests;

public sealed class BadInputTests(OnSqlite sandbox) : IClassFixture<OnSqlite>
{
    readonly GatewayCaller gateway = sandbox.Host.Gateway;

    [Theory]
    [InlineData("", "invalid-json")]
    [InlineData("null", "wrong-type")]
    [InlineData("[]", "wrong-type")]
    [InlineData("{", "invalid-json")]
    [InlineData("not json", "invalid-json")]
    [InlineData("""{"reference":"r","amount":12.5,"currency":"EUR","token":"tok_ok"}""", "wrong-type")]
    [InlineData("""{"reference":"r","amount":"1250","currency":"EUR","token":"tok_ok"}""", "wrong-type")]
    [InlineData("""{"reference":"r","amount":99999999999999999999,"currency":"EUR","token":"tok_ok"}""", "wrong-type")]
    [InlineData("""{"reference":"r","amount":1,"amount":1250,"currency":"EUR","token":"tok_ok"}""", "duplicate-member")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"EUR","tokn":"tok_ok"}""", "unknown-member")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"EUR","hosted":true,"expiresAt":"tomorrow"}""", "wrong-type")]
    public async Task An_unreadable_request_is_400(string body, string problem) =>
        (await gateway.Post("v1/authorizations", Some.Key(), body)).ShouldBeProblem(HttpStatusCode.BadRequest, problem);

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""{"amount":1250,"currency":"EUR","token":"tok_ok"}""")]
    [InlineData("""{"reference":"","amount":1250,"currency":"EUR","token":"tok_ok"}""")]
    [InlineData("""{"reference":"line\nbreak","amount":1250,"currency":"EUR","token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","currency":"EUR","token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","amount":0,"currency":"EUR","token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","amount":-1,"currency":"EUR","token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","amount":100000000001,"currency":"EUR","token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","amount":1250,"token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"eur","token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"EURO","token":"tok_ok"}""")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"EUR"}""")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"EUR","token":"tok_ok","hosted":true,"expiresAt":"2099-01-01T00:00:00Z"}""")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"EUR","token":"tok_ok","expiresAt":"2099-01-01T00:00:00Z"}""")]
    [InlineData("""{"reference":"r","amount":1250,"currency":"EUR","hosted":true}""")]
    public async Task An_invalid_request_is_422(string body) =>
        (await gateway.Post("v1/authorizations", Some.Key(), body)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-authorization");

    [Fact]
    public async Task A_reference_that_is_too_long_is_422() =>
        (await gateway.Authorize(reference: new string('r', 101))).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-authorization");

    [Fact]
    public async Task A_huge_body_is_413() =>
        (await gateway.Authorize(reference: new string('r', 200_000))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("tab\there")]
    public async Task A_missing_or_malformed_key_is_400(string? key)
    {
        var body = GatewayCaller.Body("tok_ok", "r");
        (await gateway.Post("v1/authorizations", key, body)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-idempotency-key");
        (await gateway.Post("v1/authorizations/auth_1/capture", key)).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-idempotency-key");
    }

    [Fact]
    public async Task A_key_that_is_too_long_is_400() =>
        (await gateway.Authorize(key: new string('k', 256))).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-idempotency-key");

    [Theory]
    [InlineData("no json", "invalid-json")]
    [InlineData("""{"amount":"all"}""", "wrong-type")]
    [InlineData("""{"amuont":1}""", "unknown-member")]
    public async Task An_operation_with_an_unreadable_body_is_400(string body, string problem)
    {
        var authorization = await gateway.Authorize();
        (await gateway.Post($"v1/authorizations/{authorization.Id}/capture", Some.Key(), body)).ShouldBeProblem(HttpStatusCode.BadRequest, problem);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another-key-of-the-tests")]
    [InlineData("the-key-of-the-test")]
    [InlineData("the-key-of-the-tests-")]
    public async Task Every_endpoint_requires_the_gateway_key(string? key)
    {
        using var stranger = new GatewayCaller(sandbox.Host.Root, key);
        var answer = await stranger.Authorize();
        answer.ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthorized");
        answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        (await stranger.Capture("auth_1")).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await stranger.Get("v1/operations?reference=r")).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthorized");
        (await stranger.Get("v1/settlements/2026-01-01")).ShouldBeProblem(HttpStatusCode.Unauthorized, "unauthorized");
    }

    [Theory]
    [InlineData("--Gateway:Key=", "Gateway:Key")]
    [InlineData("--Gateway:Key=short", "Gateway:Key")]
    [InlineData("--Gateway:WebhookSecret=plain", "Gateway:WebhookSecret")]
    [InlineData("--Sandbox:WebhookUrl=not-a-url", "Sandbox:WebhookUrl")]
    [InlineData("--Sandbox:Faults:ErrorRate=1.5", "Sandbox:Faults")]
    public async Task An_invalid_setting_stops_startup_by_name(string setting, string named) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => SandboxHost.Start(setting))).Message.ShouldContain(named);
}
