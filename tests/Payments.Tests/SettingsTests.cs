using Microsoft.Extensions.Configuration;

namespace OrderSaga.Payments.Tests;

public sealed class SettingsTests
{
    [Fact]
    public void The_default_settings_are_consistent() => new PaymentsSettings().Check();

    [Fact]
    public void Inconsistent_settings_stop_startup_by_name()
    {
        Wrong(settings => settings.LeaseSeconds = 5, "Payments:LeaseSeconds");
        Wrong(settings => settings.CallTimeoutMilliseconds = 0, "Payments:CallTimeoutMilliseconds");
        Wrong(settings => settings.MaxConcurrentCalls = 0, "Payments:MaxConcurrentCalls");
        Wrong(settings => settings.MaxConcurrentCallsPerMerchant = 0, "Payments:MaxConcurrentCallsPerMerchant");
        Wrong(settings => settings.MaxConcurrentCallsPerMerchant = 65, "Payments:MaxConcurrentCallsPerMerchant");
        Wrong(settings => settings.MaxQueuedCalls = 1, "Payments:MaxQueuedCalls");
        Wrong(settings => settings.AnswerBatchSize = 0, "Payments:AnswerBatchSize");
        Wrong(settings => settings.SweepIntervalMilliseconds = 0, "Payments:SweepIntervalMilliseconds");
        Wrong(settings => settings.MaxRetryDelaySeconds = 1000, "MaxRetryDelaySeconds");
        Wrong(settings => settings.PendingPollDelaySeconds = 0, "Payments:PendingPollDelaySeconds");
        Wrong(settings => settings.BreakerFailureRatio = 2, "Payments:BreakerFailureRatio");
        Wrong(settings => settings.BreakerOpenSeconds = 0, "BreakerOpenSeconds");
        Wrong(settings => settings.WebhookToleranceSeconds = 0, "Payments:WebhookToleranceSeconds");
    }

    [Theory]
    [InlineData("Gateway:Url", null)]
    [InlineData("Gateway:Url", "localhost")]
    [InlineData("Gateway:Url", "ftp://gateway")]
    [InlineData("Gateway:Key", null)]
    [InlineData("Gateway:WebhookSecret", null)]
    [InlineData("Gateway:WebhookSecret", "secret")]
    [InlineData("Gateway:WebhookSecret", "whsec_c2hvcnQ=")]
    [InlineData("Gateway:WebhookSecretPrevious", "secret")]
    public void A_missing_gateway_setting_stops_startup_by_name(string name, string? value) =>
        Should.Throw<InvalidOperationException>(Gateway(name, value).Check).Message.ShouldContain(name);

    [Fact]
    public async Task A_worker_without_a_gateway_cannot_be_built() =>
        (await Should.ThrowAsync<InvalidOperationException>(() => Bench.Start("Sqlite", "Gateway:Url="))).Message.ShouldContain("Gateway:Url");

    [Theory]
    [InlineData("Gateways:backup:Url=", "Gateways:backup:Url")]
    [InlineData("Gateways:backup:Key=", "Gateways:backup:Key")]
    [InlineData("Gateways:backup:WebhookSecret=secret", "Gateways:backup:WebhookSecret")]
    [InlineData("Gateways:backup:CanCloseKeys=perhaps", "Gateways:backup:CanCloseKeys")]
    [InlineData("Gateways:main:Url=http://gateway", "Gateways:main")]
    [InlineData("Gateways:back_up:Url=http://gateway", "letters a-z")]
    [InlineData("Routes:Order=main,other", "Routes:Order")]
    [InlineData("Routes:Order=main,main", "Routes:Order")]
    [InlineData("Routes:Order=", "Routes:Order")]
    [InlineData("Routes:WarmPercent=101", "Routes:WarmPercent")]
    [InlineData("Routes:WhileUnknown=Hold", "Routes:MaxHoldAmount")]
    [InlineData("Routes:Ordre=main", "Routes:Ordre")]
    public async Task A_wrong_setting_of_a_second_gateway_stops_startup(string setting, string named) =>
        (await Should.ThrowAsync<InvalidOperationException>(() => Bench.Start("Sqlite", [.. Bench.BackupArguments, setting])))
            .Message.ShouldContain(named);

    [Fact]
    public void A_gateway_works_with_one_or_two_secrets()
    {
        Gateway("Gateway:WebhookSecretPrevious", "").Check();
        Gateway("Gateway:WebhookSecretPrevious", "").WebhookSecrets.Count.ShouldBe(1);
        Gateway("Gateway:WebhookSecretPrevious", Signed.OtherSecret).Check();
        Gateway("Gateway:WebhookSecretPrevious", Signed.OtherSecret).WebhookSecrets.Count.ShouldBe(2);
    }

    [Fact]
    public void Retry_delays_double_to_five_seconds_with_jitter()
    {
        var settings = new PaymentsSettings();
        var waits = Enumerable.Range(0, 200).Select(_ => settings.RetryDelay(1, Guid.CreateVersion7()).TotalMilliseconds).ToList();
        waits.ShouldAllBe(wait => wait >= 250 && wait < 500);
        waits.Distinct().Count().ShouldBeGreaterThan(50);
        settings.RetryDelay(1000, Guid.CreateVersion7()).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(5));
        settings.MaxDueAhead.ShouldBeGreaterThan(TimeSpan.FromSeconds(5));
    }

    static void Wrong(Action<PaymentsSettings> change, string name)
    {
        var settings = new PaymentsSettings();
        change(settings);
        Should.Throw<InvalidOperationException>(settings.Check).Message.ShouldContain(name);
    }

    static GatewaySettings Gateway(string name, string? value)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Gateway:Url"] = "http://gateway",
            ["Gateway:Key"] = "key",
            ["Gateway:WebhookSecret"] = Signed.Secret,
        };
        settings[name] = value;
        return new GatewaySettings(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }
}
