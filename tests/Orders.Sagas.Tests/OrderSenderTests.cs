namespace Orders.Sagas.Tests;

/// <summary>Which merchants and which response addresses are a sender's.</summary>
public sealed class OrderSenderTests
{
    [Theory]
    [InlineData("my-shop", "rabbitmq://host/vhost/my-shop.replies", true)]
    [InlineData("my-shop", "rabbitmq://host/vhost/my-shop.replies.1?temporary=true", true)]
    [InlineData("my-shop", "rabbitmq://host/vhost/my-shop.replies?bind=true", false)]
    [InlineData("my-shop", "rabbitmq://host/vhost/my-shop.replies.Namespace:Event", false)]
    [InlineData("my-shop", "rabbitmq://host/vhost/payments", false)]
    [InlineData("my-shop", "rabbitmq://host/vhost/my-shop.other", false)]
    [InlineData("my-shop", "rabbitmq://host/vhost/my-shop-too.replies", false)]
    [InlineData("my-shop", "rabbitmq://host/my-shop.replies/orders", false)]
    [InlineData("", "rabbitmq://host/vhost/.replies", false)]
    [InlineData(null, "rabbitmq://host/vhost/anything", true)]
    public void A_response_goes_only_to_the_senders_exchange(string? user, string address, bool owns) =>
        new OrderSender(user, []).OwnsReplyAddress(new Uri(address)).ShouldBe(owns);

    [Fact]
    public void A_user_orders_for_the_merchants_in_the_setting()
    {
        var settings = new BusSettings { Users = "my-shop=acme; hub = acme, beta;" };
        settings.Parse();
        settings.MerchantsOf("my-shop").ShouldBe(["acme"]);
        settings.MerchantsOf("hub").ShouldBe(["acme", "beta"]);
        settings.MerchantsOf("My-Shop").ShouldBeEmpty();
        settings.MerchantsOf("").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("my-shop")]
    [InlineData("my-shop=")]
    [InlineData("=acme")]
    [InlineData("my-shop=Not Valid")]
    [InlineData("my-shop=acme;my-shop=beta")]
    public void An_invalid_setting_is_refused(string users) =>
        Should.Throw<InvalidOperationException>(new BusSettings { Users = users }.Parse).Message.ShouldContain("Bus:Users must name each broker user once");
}
