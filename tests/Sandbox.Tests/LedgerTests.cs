using System.Text.Json;

namespace OrderSaga.Sandbox.Tests;

/// <summary>Idempotency keys, operations and queries, on each database.</summary>
public abstract class LedgerTests
{
    readonly SandboxFixture sandbox;
    readonly GatewayCaller gateway;

    protected LedgerTests(SandboxFixture sandbox)
    {
        sandbox.SkipIfMissing();
        this.sandbox = sandbox;
        gateway = sandbox.Host.Gateway;
    }

    [Fact]
    public async Task A_repeated_request_gets_the_first_response_byte_for_byte()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var first = await gateway.Authorize("tok_ok", key, reference);
        var second = await gateway.Authorize("tok_ok", key, reference);
        var spelt = await gateway.Post("v1/authorizations", key,
            $$"""{ "token" : "tok_ok", "currency":"EUR","amount":1250,   "reference":"{{reference}}" }""");

        (first.Replayed, second.Replayed, spelt.Replayed).ShouldBe((false, true, true));
        (second.Status, second.Body).ShouldBe((first.Status, first.Body));
        (spelt.Status, spelt.Body).ShouldBe((first.Status, first.Body));
    }

    [Fact]
    public async Task A_repeated_declined_request_is_declined_again()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var first = (await gateway.Authorize("tok_declined", key, reference)).ShouldBe(HttpStatusCode.PaymentRequired);
        (await gateway.Authorize("tok_declined", key, reference)).ShouldBe(HttpStatusCode.PaymentRequired).Body.ShouldBe(first.Body);
    }

    [Fact]
    public async Task The_same_key_with_another_request_is_refused()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var authorization = await gateway.Authorize("tok_ok", key, reference);
        (await gateway.Authorize("tok_ok", key, reference, amount: 1251)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await gateway.Authorize("tok_declined", key, reference)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await gateway.Capture(authorization.Id, key)).ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "idempotency-key-reused");
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded"]);
    }

    [Fact]
    public async Task Idempotency_keys_are_case_sensitive()
    {
        var key = Some.Key();
        var first = await gateway.Authorize("tok_ok", key);
        (await gateway.Authorize("tok_ok", key.ToUpperInvariant())).ShouldBe(HttpStatusCode.Created).Id.ShouldNotBe(first.Id);
    }

    [Theory]
    [InlineData("tok_ok", 1)]
    [InlineData("tok_declined", 1)]
    [InlineData("tok_error", 15)]
    public async Task Sixteen_concurrent_equal_requests_are_one_operation(string token, int answered)
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => gateway.Authorize(token, key, reference)));
        var given = answers.Where(x => x.Status != HttpStatusCode.InternalServerError).ToList();

        given.Count.ShouldBe(answered == 1 ? 16 : answered);
        given.Select(x => x.Body).Distinct().Count().ShouldBe(1);
        answers.Count(x => !x.Replayed).ShouldBe(1);
        (await gateway.Ledger($"reference={reference}")).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Sixteen_captures_with_distinct_keys_charge_once()
    {
        var reference = Some.Reference();
        var authorization = await gateway.Authorize(reference: reference);
        var answers = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ => gateway.Capture(authorization.Id)));

        answers.Count(x => x.Status == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(x => x.Status == HttpStatusCode.Conflict).ShouldBe(15);
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded", "capture:succeeded"]);
    }

    [Fact]
    public async Task Two_processes_on_one_ledger_act_as_one_gateway()
    {
        await using var twin = await sandbox.StartTwin();
        var requests = Enumerable.Range(0, 100).Select(_ => (Key: Some.Key(), Reference: Some.Reference())).ToList();
        var mine = requests.Select(x => gateway.Authorize("tok_ok", x.Key, x.Reference)).ToList();
        var theirs = requests.Select(x => twin.Gateway.Authorize("tok_ok", x.Key, x.Reference)).ToList();
        var authorizations = await Task.WhenAll(mine);
        (await Task.WhenAll(theirs)).Select(x => x.Body).ShouldBe(authorizations.Select(x => x.Body));

        var captures = authorizations.Select(x => gateway.Capture(x.Id)).ToList();
        var voids = authorizations.Select(x => twin.Gateway.Void(x.Id)).ToList();
        foreach (var (capture, voided) in (await Task.WhenAll(captures)).Zip(await Task.WhenAll(voids)))
            new[] { capture.Status, voided.Status }.Order().ShouldBe([HttpStatusCode.Created, HttpStatusCode.Conflict]);
    }

    [Fact]
    public async Task Many_concurrent_requests_are_all_processed()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(i => gateway.Authorize(i % 2 == 0 ? "tok_ok" : "tok_declined")));
        answers.Count(x => x.Status == HttpStatusCode.Created).ShouldBe(100);
        answers.Count(x => x.Status == HttpStatusCode.PaymentRequired).ShouldBe(100);
        answers.Select(x => x.Id).Distinct().Count().ShouldBe(200);
    }

    [Fact]
    public async Task A_captured_payment_can_be_refunded()
    {
        var reference = Some.Reference();
        var authorization = await gateway.Authorize(reference: reference);
        var captureKey = Some.Key();
        var capture = (await gateway.Capture(authorization.Id, captureKey)).ShouldBe(HttpStatusCode.Created, "succeeded");
        (await gateway.Capture(authorization.Id, captureKey)).Body.ShouldBe(capture.Body);
        (await gateway.Capture(authorization.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "already-captured");
        (await gateway.Void(authorization.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "already-captured");

        var refundKey = Some.Key();
        var refund = (await gateway.Refund(capture.Id, refundKey)).ShouldBe(HttpStatusCode.Created, "succeeded");
        refund.Id.ShouldStartWith("ref_");
        (await gateway.Refund(capture.Id, refundKey)).Body.ShouldBe(refund.Body);
        (await gateway.Refund(capture.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "already-refunded");
        (await gateway.Capture(authorization.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "already-captured");
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded", "capture:succeeded", "refund:succeeded"]);
    }

    [Fact]
    public async Task Nothing_follows_a_void()
    {
        var reference = Some.Reference();
        var authorization = await gateway.Authorize(reference: reference);
        var key = Some.Key();
        var voided = (await gateway.Void(authorization.Id, key)).ShouldBe(HttpStatusCode.Created, "succeeded");
        voided.Id.ShouldStartWith("void_");
        (await gateway.Void(authorization.Id, key)).Body.ShouldBe(voided.Body);
        (await gateway.Void(authorization.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-voided");
        (await gateway.Capture(authorization.Id)).ShouldBeProblem(HttpStatusCode.Conflict, "authorization-voided");
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded", "void:succeeded"]);
    }

    [Fact]
    public async Task An_operation_on_an_unknown_payment_is_404()
    {
        var authorization = await gateway.Authorize();
        (await gateway.Capture("auth_none")).ShouldBeProblem(HttpStatusCode.NotFound, "unknown-operation");
        (await gateway.Void("auth_none")).ShouldBeProblem(HttpStatusCode.NotFound, "unknown-operation");
        (await gateway.Refund(authorization.Id)).ShouldBeProblem(HttpStatusCode.NotFound, "unknown-operation");
        var capture = await gateway.Capture(authorization.Id);
        (await gateway.Capture(capture.Id)).ShouldBeProblem(HttpStatusCode.NotFound, "unknown-operation");
    }

    [Fact]
    public async Task A_refused_operation_leaves_its_key_unused()
    {
        var (key, first) = (Some.Key(), await gateway.Authorize("tok_declined"));
        (await gateway.Capture(first.Id, key)).Status.ShouldBe(HttpStatusCode.Conflict);
        (await gateway.Ledger($"idempotencyKey={key}")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Partial_amounts_are_refused()
    {
        var authorization = await gateway.Authorize(amount: 1250);
        (await gateway.Post($"v1/authorizations/{authorization.Id}/capture", Some.Key(), """{"amount":1000}"""))
            .ShouldBeProblem(HttpStatusCode.UnprocessableEntity, "partial-amount");
        (await gateway.Post($"v1/authorizations/{authorization.Id}/capture", Some.Key(), """{"amount":1250}""")).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Operations_can_be_queried_by_key_and_reference()
    {
        var (key, reference) = (Some.Key(), Some.Reference());
        var authorization = await gateway.Authorize("tok_ok", key, reference);
        await gateway.Capture(authorization.Id);

        var item = (await gateway.Get($"v1/operations?idempotencyKey={key}")).ShouldBe(HttpStatusCode.OK).Json["items"]!.AsArray().ShouldHaveSingleItem()!;
        item.ToJsonString().ShouldBe(JsonSerializer.Serialize(authorization.Json));
        (await gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded", "capture:succeeded"]);
        (await gateway.Ledger("idempotencyKey=never-seen")).ShouldBeEmpty();
        (await gateway.Get("v1/operations")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
        (await gateway.Get($"v1/operations?idempotencyKey={key}&reference={reference}")).ShouldBeProblem(HttpStatusCode.BadRequest, "invalid-parameter");
    }
}

public sealed class LedgerOnSqlite(OnSqlite sandbox) : LedgerTests(sandbox), IClassFixture<OnSqlite>;

public sealed class LedgerOnPostgreSql(OnPostgreSql sandbox) : LedgerTests(sandbox), IClassFixture<OnPostgreSql>;

public sealed class LedgerOnSqlServer(OnSqlServer sandbox) : LedgerTests(sandbox), IClassFixture<OnSqlServer>;
