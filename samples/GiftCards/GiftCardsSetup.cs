using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;

namespace GiftCards;

/// <summary>The cards, and the gift card branch of each order.</summary>
public class GiftCardsDb(DbContextOptions<GiftCardsDb> options) : ServiceDb(options)
{
    protected override void Map(ModelBuilder model)
    {
        GiftCard.Map(model.Entity<GiftCard>());
        Hold.Map(model.Entity<Hold>());
    }
}

/// <summary>The gift card participant: its database, its queue and its endpoints.</summary>
public static class GiftCardsSetup
{
    public const string Queue = "gift-cards";

    public static void AddGiftCards(this WebApplicationBuilder builder)
    {
        builder.AddDatabase<GiftCardsDb>("giftcards");
        builder.AddUnitOfWork<GiftCardsDb>();
        builder.Services.AddScoped<HoldFence>();
        builder.AddMessaging(bus => bus.Correlate<IOrderMessage>(message => message.OrderId).Endpoint<GiftCardsDb>(Queue, endpoint =>
        {
            endpoint.Preload<HoldRows>();
            endpoint.Consumer<HoldGiftCardConsumer>();
            endpoint.Consumer<RedeemGiftCardConsumer>();
            endpoint.Consumer<ReleaseGiftCardConsumer>();
        }));
    }

    public static void MapGiftCards(this IEndpointRouteBuilder app)
    {
        app.MapBranches<GiftCardsDb, Hold, HoldView>(HoldFence.Participant, HoldView.Example, HoldView.Of);
        app.MapBranchHistory<GiftCardsDb>(HoldFence.Participant);
    }
}
