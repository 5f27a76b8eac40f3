using Orders.Api.Webhooks;
using Orders.Model.Webhooks;

namespace Orders.Api.Tests.Webhooks;

/// <summary>How concurrent deliveries are shared: 64 in total, 16 per merchant, 8 per endpoint.</summary>
public sealed class SendingSharesTests
{
    static readonly Guid[] Ids = [.. Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7())];

    [Fact]
    public void An_endpoint_has_eight_concurrent_deliveries() => Taken(Same(Active("a", 0), 20)).ShouldBe(8);

    [Fact]
    public void A_merchant_has_16_concurrent_deliveries() => Taken(Ids.Select((_, i) => Active("a", i))).ShouldBe(16);

    [Fact]
    public void A_failing_endpoint_has_one_concurrent_delivery() => Taken(Same(Failing("a", 0), 10)).ShouldBe(1);

    [Fact]
    public void Failing_endpoints_leave_half_of_their_merchants_share()
    {
        var shares = new SendingShares(new WebhookSettings(), []);
        Ids.Select((_, i) => Failing("a", i)).Count(shares.TryTake).ShouldBe(8);
        shares.MerchantsFullOfFailing.ShouldBe(["a"]);
        shares.FullMerchants.ShouldBeEmpty();
        Same(Active("a", 99), 20).Count(shares.TryTake).ShouldBe(8);
        shares.FullMerchants.ShouldBe(["a"]);
    }

    [Fact]
    public void Failing_endpoints_leave_half_of_the_total_capacity()
    {
        var shares = new SendingShares(new WebhookSettings(), []);
        Ids.Select((_, i) => Failing($"m{i}", i)).Count(shares.TryTake).ShouldBe(32);
        shares.IsFullOfFailing.ShouldBeTrue();
        Ids.Select((_, i) => Active($"n{i}", i)).Count(shares.TryTake).ShouldBe(32);
        shares.Room.ShouldBe(0);
    }

    [Fact]
    public void Deliveries_in_progress_count_towards_the_limits()
    {
        var shares = new SendingShares(new WebhookSettings(), Same(Active("a", 0), 8));
        (shares.Room, shares.FullEndpoints.Single(), shares.BusyMerchants.Single()).ShouldBe((56, Ids[0], "a"));
        shares.TryTake(Active("a", 0)).ShouldBeFalse();
        shares.TryTake(Active("a", 1)).ShouldBeTrue();
    }

    [Fact]
    public void A_merchants_share_fits_a_small_capacity()
    {
        new WebhookSettings { MaxConcurrent = 4, MaxConcurrentPerEndpoint = 1 }.MaxPerMerchant.ShouldBe(2);
        new WebhookSettings { MaxConcurrent = 1, MaxConcurrentPerEndpoint = 1 }.MaxPerMerchant.ShouldBe(1);
        Should.Throw<InvalidOperationException>(new WebhookSettings { MaxConcurrentPerMerchant = 3 }.Check).Message.ShouldContain("MaxConcurrentPerMerchant");
    }

    static int Taken(IEnumerable<Sending> sendings) => sendings.Count(new SendingShares(new WebhookSettings(), []).TryTake);

    static IEnumerable<Sending> Same(Sending one, int times) => Enumerable.Repeat(one, times);

    static Sending Active(string merchant, int endpoint) => new(Ids[endpoint], merchant, EndpointStates.Active);

    static Sending Failing(string merchant, int endpoint) => new(Ids[endpoint], merchant, EndpointStates.Failing);
}
