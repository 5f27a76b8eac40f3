using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using OrderSaga.Contracts;
using Testing;
using Xunit;

namespace GiftCards.Tests;

/// <summary>The fence of the sample passes the sequences of the stock participant.</summary>
public sealed class SequenceTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public Task Every_sequence_ends_as_modelled(Mode mode) => new GiftCardSequences().RunAll(mode);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public Task Every_sequence_ends_the_same_with_crashes_around_commits(Mode mode) =>
        new GiftCardSequences().RunAll(mode, new CrashBeforeCommit());
}

sealed class GiftCardSequences() : FenceSequences<GiftCardsDb, Hold>(Amount)
{
    const long Amount = 2500;

    protected override string Database => "giftcards";

    protected override async Task<ParticipantHost<GiftCardsDb>> Start(
        Installation installation, string[] settings, params IInterceptor[] interceptors) =>
        await GiftCardHost.Start(installation, settings, interceptors);

    protected override void Add(DbContext db, string resource, long available) => db.Add(GiftCard.Issue(resource, available));

    protected override IOrderMessage Message(Op op, Guid orderId, string resource) => op switch
    {
        Op.Try => new HoldGiftCard(orderId, resource, Amount),
        Op.Confirm => new RedeemGiftCard(orderId),
        _ => new ReleaseGiftCard(orderId),
    };

    protected override string Text(IOrderMessage answer) => answer switch
    {
        GiftCardHeld => "tried",
        GiftCardRedeemed => "confirmed",
        GiftCardReleased => "cancelled",
        GiftCardRefused refused => $"refused: {refused.Reason}",
        _ => throw new ArgumentException($"{answer} is not an answer", nameof(answer)),
    };

    protected override string Refusal(long available) => HoldRule.InsufficientAmount;

    protected override Task<Dictionary<string, Balance>> Balances(GiftCardsDb db) => db.Set<GiftCard>().AsNoTracking()
        .ToDictionaryAsync(card => card.Code, card => new Balance(card.Available, card.Held, card.Redeemed));
}
