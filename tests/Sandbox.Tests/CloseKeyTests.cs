using System.Text.Json;

namespace OrderSaga.Sandbox.Tests;

/// <summary>A caller closes the key of an authorization that it does not want any more, on each database.</summary>
public abstract class CloseKeyTests
{
    readonly GatewayCaller gateway;

    protected CloseKeyTests(SandboxFixture sandbox)
    {
        sandbox.SkipIfMissing();
        gateway = sandbox.Host.Gateway;
    }

    [Fact]
    public async Task What_comes_with_a_closed_key_is_refused()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var closed = (await Close(key, reference)).ShouldBe(HttpStatusCode.OK, "closed");
        (await gateway.Authorize("tok_ok", key, reference)).ShouldBeProblem(HttpStatusCode.Conflict, "key-closed");
        (await Close(key, reference)).ShouldBe(HttpStatusCode.OK, "closed").Id.ShouldBe(closed.Id, "closed once");
        (await gateway.Ledger($"idempotencyKey={key}")).ShouldBe(["authorize:closed"]);
        (await gateway.Capture(closed.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-declined");
        (await gateway.Void(closed.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-declined");
    }

    [Theory]
    [InlineData("tok_ok", "succeeded")]
    [InlineData("tok_declined", "declined")]
    [InlineData("tok_soft_declined", "declined")]
    public async Task A_close_after_the_request_says_what_came(string token, string status)
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var authorization = await gateway.Authorize(token, key, reference);
        var closed = (await Close(key, reference)).ShouldBe(HttpStatusCode.OK, status);
        closed.Id.ShouldBe(authorization.Id);
        (await gateway.Authorize(token, key, reference)).Replayed.ShouldBeTrue("the operation stands");
    }

    /// <summary>Whichever comes first has the key.</summary>
    [Fact]
    public async Task Request_and_close_at_once_agree()
    {
        for (var i = 0; i < 20; i++)
        {
            var (key, reference) = (Some.Key(), Some.Reference());
            var answers = await Task.WhenAll(gateway.Authorize("tok_ok", key, reference), Close(key, reference));
            answers[1].Field("status").ShouldBe(answers[0].Status == HttpStatusCode.Created ? "succeeded" : "closed");
            (await gateway.Ledger($"reference={reference}")).ShouldHaveSingleItem();
        }
    }

    [Fact]
    public async Task A_close_without_its_facts_is_refused()
    {
        (await gateway.Post($"v1/keys/{Some.Key()}/close", null, "{}")).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "invalid-authorization");
        (await Close(new string('k', 256), Some.Reference())).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-idempotency-key");
    }

    [Fact]
    public async Task Two_sandboxes_have_two_ledgers()
    {
        await using var other = await SandboxHost.Start();
        var (key, reference) = (Some.Key(), Some.Reference());
        await gateway.Authorize("tok_ok", key, reference);
        (await other.Gateway.Ledger($"reference={reference}")).ShouldBeEmpty();
        (await other.Gateway.Authorize("tok_ok", key, reference)).Replayed.ShouldBeFalse();
    }

    Task<GatewayReply> Close(string key, string reference) =>
        gateway.Post($"v1/keys/{Uri.EscapeDataString(key)}/close", null, JsonSerializer.Serialize(new { reference, amount = 1250, currency = "EUR" }));
}

public sealed class CloseKeyOnSqlite(OnSqlite sandbox) : CloseKeyTests(sandbox), IClassFixture<OnSqlite>;

public sealed class CloseKeyOnPostgreSql(OnPostgreSql sandbox) : CloseKeyTests(sandbox), IClassFixture<OnPostgreSql>;

public sealed class CloseKeyOnSqlServer(OnSqlServer sandbox) : CloseKeyTests(sandbox), IClassFixture<OnSqlServer>;
