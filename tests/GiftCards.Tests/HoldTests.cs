using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using Shouldly;
using Testing;
using Xunit;

namespace GiftCards.Tests;

public sealed class HoldTests
{
    [Fact]
    public async Task An_unusable_Try_is_refused_and_holds_nothing()
    {
        await using var installation = await Mode.Embedded.Fresh("giftcards");
        await using var host = await GiftCardHost.Start(installation, []);
        await host.Issue("GC-1", 100);
        IOrderMessage[] tries =
        [
            new HoldGiftCard(NewId(), "GC-2", 1), new HoldGiftCard(NewId(), null!, 1), new HoldGiftCard(NewId(), "\0", 1),
            new HoldGiftCard(NewId(), "GC-1", 0), new HoldGiftCard(NewId(), "GC-1", -1), new HoldGiftCard(NewId(), "GC-1", 101),
        ];

        foreach (var message in tries)
            await host.Send(message);
        await Eventually.Holds("six answers", () => host.Answers.Count == 6);

        host.Answers.OfType<GiftCardRefused>().Select(refused => refused.Reason).Order().ShouldBe(
            ["the amount is invalid", "the amount is invalid", "the amount on the card is insufficient", "unknown card", "unknown card", "unknown card"]);
        var card = await host.Read(db => db.Set<GiftCard>().AsNoTracking().SingleAsync());
        (card.Available, card.Held, card.Redeemed).ShouldBe((100, 0, 0));
    }

    [Fact]
    public async Task One_card_cannot_be_held_twice_in_one_batch()
    {
        await using var installation = await Mode.Embedded.Fresh("giftcards");
        await using var host = await GiftCardHost.Start(installation, []);
        await host.Issue("GC-1", 50);

        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => host.Send(new HoldGiftCard(NewId(), "GC-1", 1))));
        await Eventually.Holds("100 answers", () => host.Answers.Count == 100);

        host.Answers.Count(answer => answer is GiftCardHeld).ShouldBe(50);
    }

    [Fact]
    public async Task A_hold_and_its_history_can_be_queried()
    {
        await using var installation = await Mode.Embedded.Fresh("giftcards");
        await using var host = await GiftCardHost.Start(installation, []);
        await host.Issue("GC-1", 100);
        var order = NewId();
        await host.Send(new HoldGiftCard(order, "GC-1", 30));
        await Eventually.Holds("it is held", () => host.Answers.Count == 1);
        using var client = host.Operator();

        var branch = await client.GetFromJsonAsync<JsonElement>($"/branches/giftcard/{order}");
        var history = await client.GetFromJsonAsync<JsonElement>($"/branches/giftcard/{order}/history");

        (branch.GetProperty("state").GetString(), branch.GetProperty("amount").GetInt64()).ShouldBe(("Tried", 30));
        history.GetProperty("items").EnumerateArray().Single().GetProperty("cause").GetString().ShouldBe("HoldGiftCard");
        (await client.GetAsync($"/branches/giftcard/{NewId()}")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    static Guid NewId() => Guid.CreateVersion7(TimeProvider.System.GetUtcNow());
}
