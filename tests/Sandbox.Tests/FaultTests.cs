namespace OrderSaga.Sandbox.Tests;

public sealed class FaultTests
{
    [Fact]
    public async Task A_random_error_is_executed_and_its_retry_is_answered()
    {
        await using var host = await SandboxHost.Start("--Sandbox:Faults:ErrorRate=1", "--Sandbox:Faults:Seed=7");
        var (key, reference) = (Some.Key(), Some.Reference());
        (await host.Gateway.Authorize(key: key, reference: reference)).Status.ShouldBe(HttpStatusCode.InternalServerError);
        var authorization = (await host.Gateway.Authorize(key: key, reference: reference)).ShouldBe(HttpStatusCode.Created, "succeeded");

        var captureKey = Some.Key();
        (await host.Gateway.Capture(authorization.Id, captureKey)).Status.ShouldBe(HttpStatusCode.InternalServerError);
        (await host.Gateway.Capture(authorization.Id, captureKey)).ShouldBe(HttpStatusCode.Created, "succeeded");
        (await host.Gateway.Ledger($"reference={reference}")).ShouldBe(["authorize:succeeded", "capture:succeeded"]);
    }

    [Fact]
    public async Task Random_timeouts_are_executed_and_slow_calls_answered()
    {
        await using var host = await SandboxHost.Start("--Sandbox:Faults:TimeoutRate=1", "--Sandbox:HoldSeconds=0.1");
        var key = Some.Key();
        await Should.ThrowAsync<HttpRequestException>(() => host.Gateway.Authorize(key: key));
        (await host.Gateway.Ledger($"idempotencyKey={key}")).ShouldBe(["authorize:succeeded"]);

        await using var slow = await SandboxHost.Start("--Sandbox:Faults:DelayMilliseconds=200");
        var began = TimeProvider.System.GetTimestamp();
        (await slow.Gateway.Authorize()).ShouldBe(HttpStatusCode.Created);
        TimeProvider.System.GetElapsedTime(began).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(190));
    }

    [Fact]
    public async Task Randomly_declined_captures_can_be_retried()
    {
        await using var host = await SandboxHost.Start("--Sandbox:Faults:CaptureDeclineRate=1");
        var authorization = (await host.Gateway.Authorize()).ShouldBe(HttpStatusCode.Created);
        (await host.Gateway.Capture(authorization.Id)).ShouldBe(HttpStatusCode.PaymentRequired, "declined");
        (await host.Gateway.Capture(authorization.Id)).ShouldBe(HttpStatusCode.PaymentRequired, "declined");
        (await host.Gateway.Void(authorization.Id)).ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task The_same_seed_declines_the_same_keys_in_any_order()
    {
        var keys = Enumerable.Range(0, 40).Select(_ => Some.Key()).ToArray();
        var first = await Declined(keys);
        var second = await Declined([.. keys.Reverse()]);
        second.Order().ShouldBe(first.Order());
        first.Length.ShouldBeInRange(1, 39);
    }

    static async Task<string[]> Declined(string[] keys)
    {
        await using var host = await SandboxHost.Start("--Sandbox:Faults:DeclineRate=0.5", "--Sandbox:Faults:Seed=42");
        var answers = await Task.WhenAll(keys.Select(key => host.Gateway.Authorize(key: key)));
        return [.. answers.Where(x => x.Status == HttpStatusCode.PaymentRequired).Select(x => x.Field("idempotencyKey")!)];
    }
}
