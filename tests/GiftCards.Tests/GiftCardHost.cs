using System.Security.Cryptography;
using System.Text;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using Testing;

namespace GiftCards.Tests;

/// <summary>The gift card service; the key "operator" may query it.</summary>
sealed class GiftCardHost() : ParticipantHost<GiftCardsDb>("giftcards", GiftCardsSetup.Queue)
{
    const string Key = "ApiKeys:Keys:operator:";

    public static async Task<GiftCardHost> Start(
        Installation installation, (string Name, string Value)[] more, params IInterceptor[] interceptors)
    {
        var host = new GiftCardHost();
        var settings = installation.Settings();
        settings[Key + "Merchant"] = "acme";
        settings[Key + "Sha256"] = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes("operator")));
        settings[Key + "Roles:0"] = Roles.Operator;
        await host.Run([.. settings, .. more.Select(one => KeyValuePair.Create(one.Name, (string?)one.Value))], interceptors);
        return host;
    }

    public Task Issue(string code, long amount) => Unit.Run(work =>
    {
        work.Db.Add(GiftCard.Issue(code, amount));
        return Task.CompletedTask;
    });

    public HttpClient Operator()
    {
        var client = new HttpClient { BaseAddress = new Uri(App.Urls.First()) };
        client.DefaultRequestHeaders.Add("X-Api-Key", "operator");
        return client;
    }

    protected override void Add(WebApplicationBuilder builder) => builder.AddGiftCards();

    protected override void Map(WebApplication host) => host.MapGiftCards();

    protected override void Listen(IReceiveEndpointConfigurator endpoint)
    {
        Collect<GiftCardHeld>(endpoint);
        Collect<GiftCardRefused>(endpoint);
        Collect<GiftCardRedeemed>(endpoint);
        Collect<GiftCardReleased>(endpoint);
    }
}
