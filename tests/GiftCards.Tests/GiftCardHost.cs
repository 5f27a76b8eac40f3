using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Platform.Http;
using Testing;

namespace GiftCards.Tests;

/// <summary>The gift card service.</summary>
sealed class GiftCardHost(Installation installation, IInterceptor[] interceptors)
    : ParticipantHost<GiftCardsDb>(installation, GiftCardsSetup.Queue, interceptors)
{
    public static Task<GiftCardHost> Start(Installation installation, string[] settings, params IInterceptor[] interceptors) =>
        Run(new GiftCardHost(installation, interceptors), [.. TestKeys.Settings, .. settings]);

    public Task Issue(string code, long amount) => Unit.Run(work =>
    {
        work.Db.Add(GiftCard.Issue(code, amount));
        return Task.CompletedTask;
    });

    public HttpClient Operator() => Client(TestKeys.Of(Roles.Operator));

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddGiftCards();
        base.Add(builder);
    }

    protected override void Map(WebApplication host) => host.MapGiftCards();

    protected override void Listen(IReceiveEndpointConfigurator endpoint)
    {
        Collect<GiftCardHeld>(endpoint);
        Collect<GiftCardRefused>(endpoint);
        Collect<GiftCardRedeemed>(endpoint);
        Collect<GiftCardReleased>(endpoint);
    }
}
