using System.Net;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace OrderSaga.Payments.Tests;

/// <summary>The meaning of each gateway response; only a certain "no" is Declined.</summary>
public sealed class GatewayClientTests
{
    static readonly Guid Order = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000000");
    static readonly GatewayCall Authorize = new($"{Order}:payment:authorize", Operation.Authorize, Order, 1250, "EUR", "tok_ok", null, null);

    [Theory]
    [InlineData(201, "succeeded", "Succeeded")]
    [InlineData(200, "succeeded", "Succeeded")]
    [InlineData(201, "pending", "Pending")]
    [InlineData(402, "declined", "Declined")]
    [InlineData(201, "thinking", "unknown")]
    [InlineData(202, "succeeded", "unknown")]
    [InlineData(302, "succeeded", "unknown")]
    [InlineData(401, "succeeded", "unknown")]
    [InlineData(403, "succeeded", "unknown")]
    [InlineData(408, "succeeded", "unknown")]
    [InlineData(429, "succeeded", "unknown")]
    [InlineData(500, "succeeded", "unknown")]
    [InlineData(502, "declined", "unknown")]
    [InlineData(503, "succeeded", "unknown")]
    [InlineData(400, "declined", "malformed")]
    [InlineData(422, "declined", "malformed")]
    [InlineData(404, "declined", "rejected")]
    [InlineData(409, "declined", "rejected")]
    public async Task Each_gateway_status_has_one_meaning(int status, string received, string meaning) =>
        (await Meaning(status, Answer(received))).ShouldBe(meaning);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("<html>")]
    [InlineData("{\"status\":\"succeeded\"}")]
    [InlineData("{\"id\":7,\"status\":\"succeeded\"}")]
    public async Task An_unreadable_gateway_response_is_unknown(string body) => (await Meaning(201, body)).ShouldBe("unknown");

    [Theory]
    [InlineData(422)]
    [InlineData(500)]
    [InlineData(429)]
    public async Task A_gateways_text_is_kept_without_the_token(int status)
    {
        var failure = await Should.ThrowAsync<Exception>(() => Client(status, "no card for 'TOK_OK'", []).Send(Authorize, CancellationToken.None));
        failure.Message.ShouldBe($"{status} no card for '***'");
    }

    [Fact]
    public async Task A_request_matches_the_gateway_contract()
    {
        var seen = new List<string>();
        var client = Client(201, Answer("succeeded"), seen);
        await client.Send(Authorize, CancellationToken.None);
        await client.Send(Authorize with { Token = null, PayBefore = Some.InAnHour }, CancellationToken.None);
        await client.Send(Authorize with { Operation = Operation.Capture, Target = "auth_1/2" }, CancellationToken.None);
        await client.Send(Authorize with { Operation = Operation.Void, Target = "auth_1" }, CancellationToken.None);
        await client.Send(Authorize with { Operation = Operation.Refund, Target = "cap_1" }, CancellationToken.None);
        seen.ShouldBe([
            $"POST http://gateway/base/v1/authorizations {Authorize.Key} "
                + $"{{\"reference\":\"{Order}\",\"amount\":1250,\"currency\":\"EUR\",\"token\":\"tok_ok\"}}",
            $"POST http://gateway/base/v1/authorizations {Authorize.Key} "
                + $"{{\"reference\":\"{Order}\",\"amount\":1250,\"currency\":\"EUR\",\"hosted\":true,\"expiresAt\":\"2026-01-31T13:00:00.000Z\"}}",
            $"POST http://gateway/base/v1/authorizations/auth_1%2F2/capture {Authorize.Key} {{}}",
            $"POST http://gateway/base/v1/authorizations/auth_1/void {Authorize.Key} {{}}",
            $"POST http://gateway/base/v1/captures/cap_1/refund {Authorize.Key} {{}}",
        ]);
    }

    [Theory]
    [InlineData("Void", "authorize:expired", "Succeeded")]
    [InlineData("Void", "authorize:declined", "Succeeded")]
    [InlineData("Void", "authorize:succeeded void:succeeded", "Succeeded")]
    [InlineData("Void", "authorize:succeeded void:declined", "send it")]
    [InlineData("Void", "authorize:succeeded", "send it")]
    [InlineData("Void", "authorize:pending", "send it")]
    [InlineData("Void", "", "send it")]
    [InlineData("Capture", "authorize:succeeded", "send it")]
    [InlineData("Capture", "authorize:expired", "Declined")]
    [InlineData("Capture", "authorize:succeeded void:succeeded", "Declined")]
    [InlineData("Capture", "authorize:succeeded capture:succeeded", "Succeeded")]
    [InlineData("Refund", "authorize:succeeded capture:succeeded", "send it")]
    [InlineData("Refund", "authorize:succeeded capture:succeeded refund:succeeded", "Succeeded")]
    [InlineData("Authorize", "authorize:succeeded", "send it")]
    public void Manual_operations_at_the_gateway_decide_unknown_calls(string operation, string ledger, string meaning)
    {
        var received = ledger.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(row => row.Split(':')).Select(row => new GatewayOperation(
            row[0] == "authorize" ? "auth_1" : $"{row[0]}_1", row[0], row[1], null, "auth_1", 1250, "EUR", Order.ToString(), "another", null, null)).ToList();
        var call = Authorize with { Operation = Enum.Parse<Operation>(operation), Target = operation == "Refund" ? "capture_1" : "auth_1" };
        (GatewayResponses.Conclude(call, received)?.Result.ToString() ?? "send it").ShouldBe(meaning);
    }

    static string Answer(string status) =>
        $$"""{"id":"auth_1","status":"{{status}}","reason":null,"amount":1250,"currency":"EUR","reference":"{{Order}}","surprise":1}""";

    static async Task<string> Meaning(int status, string body)
    {
        try
        {
            return (await Client(status, body, []).Send(Authorize, CancellationToken.None)).Result.ToString();
        }
        catch (GatewayNoAnswerException)
        {
            return "unknown";
        }
        catch (GatewayRejectedException rejected)
        {
            return rejected.Malformed ? "malformed" : "rejected";
        }
    }

    static GatewayClient Client(int status, string body, List<string> seen) => new(
        new HttpClient(new Canned(status, body, seen)),
        new GatewaySettings(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Gateway:Url", "http://gateway/base/"), new("Gateway:Key", "key")]).Build()));

    sealed class Canned(int status, string body, List<string> seen) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var sent = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
            seen.Add($"{request.Method} {request.RequestUri!.AbsoluteUri} {string.Join("", request.Headers.GetValues("Idempotency-Key"))} {sent}");
            return new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        }
    }
}
