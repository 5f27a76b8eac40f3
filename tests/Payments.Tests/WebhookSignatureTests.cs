using System.Text;

namespace OrderSaga.Payments.Tests;

/// <summary>Which webhooks count as the gateway's.</summary>
public sealed class WebhookSignatureTests
{
    static readonly DateTimeOffset Now = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    static readonly string Body = Signed.Event(Some.Order());
    static readonly WebhookHeaders Good = Signed.Headers("msg_1", Now, Body);

    [Fact]
    public void A_genuine_signature_is_accepted() => Refuse(Good, Body).ShouldBeNull();

    [Fact]
    public void The_standards_example_signature_is_accepted()
    {
        var headers = new WebhookHeaders("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        var secret = Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
        var then = DateTimeOffset.FromUnixTimeSeconds(1614265330);
        WebhookSignature.Refuse(headers, "{\"test\": 2432232314}"u8, [secret], then, TimeSpan.FromSeconds(300)).ShouldBeNull();
    }

    [Fact]
    public void An_altered_body_is_refused() => Refuse(Good, Body.Replace("1250", "1", StringComparison.Ordinal)).ShouldBe("webhook-signature does not match");

    [Fact]
    public void An_altered_id_or_timestamp_is_refused()
    {
        Refuse(Good with { Id = "msg_2" }, Body).ShouldBe("webhook-signature does not match");
        Refuse(Good with { Timestamp = (Now.ToUnixTimeSeconds() + 1).ToString() }, Body).ShouldBe("webhook-signature does not match");
    }

    [Fact]
    public void A_foreign_secret_is_refused() =>
        Refuse(Signed.Headers("msg_1", Now, Body, Signed.OtherSecret), Body).ShouldBe("webhook-signature does not match");

    [Theory]
    [InlineData(-301, false)]
    [InlineData(-300, true)]
    [InlineData(300, true)]
    [InlineData(301, false)]
    public void A_signature_is_valid_for_300_seconds(int seconds, bool taken) =>
        Refuse(Signed.Headers("msg_1", Now.AddSeconds(seconds), Body), Body).ShouldBe(taken ? null : "webhook-timestamp is too old or ahead");

    [Fact]
    public void Both_secrets_are_accepted_during_rotation()
    {
        byte[][] live = [Signed.Bytes(Signed.OtherSecret), Signed.Bytes(Signed.Secret)];
        Refuse(Good, Body, live).ShouldBeNull();
        Refuse(Signed.Headers("msg_1", Now, Body, Signed.OtherSecret), Body, live).ShouldBeNull();
        Refuse(Good with { Signature = $"v1,{Convert.ToBase64String(new byte[32])} v1a,xyz {Good.Signature}" }, Body).ShouldBeNull();
    }

    [Theory]
    [InlineData(null, "1", "v1,x")]
    [InlineData("", "1", "v1,x")]
    [InlineData("msg 1", "1", "v1,x")]
    [InlineData("msg_1", null, "v1,x")]
    [InlineData("msg_1", "soon", "v1,x")]
    [InlineData("msg_1", "-1769860800", "v1,x")]
    [InlineData("msg_1", "9223372036854775807", "v1,x")]
    [InlineData("msg_1", "1769860800", null)]
    [InlineData("msg_1", "1769860800", "v1,")]
    [InlineData("msg_1", "1769860800", "v1,not base64")]
    [InlineData("msg_1", "1769860800", "v2,AAAA")]
    public void A_webhook_without_signature_headers_is_refused(string? id, string? timestamp, string? signature) =>
        Refuse(new WebhookHeaders(id, timestamp, signature), Body).ShouldNotBeNull();

    static string? Refuse(WebhookHeaders headers, string body, IReadOnlyList<byte[]>? secrets = null) =>
        WebhookSignature.Refuse(headers, Encoding.UTF8.GetBytes(body), secrets ?? [Signed.Bytes(Signed.Secret)], Now, TimeSpan.FromSeconds(300));
}
