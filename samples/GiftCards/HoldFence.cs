using MassTransit;
using OrderSaga.Platform.Processing;

namespace GiftCards;

/// <summary>The branches and cards of a batch, locked in key order.</summary>
sealed class HoldRows(GiftCardsDb db) : BranchRows<Hold>(db)
{
    public Dictionary<string, GiftCard> Cards { get; } = [];

    public override async Task Load(UnitOfWorkContext work, IReadOnlyList<ConsumeContext> deliveries)
    {
        var commands = Commands<HoldGiftCard, RedeemGiftCard, ReleaseGiftCard>(deliveries);
        await LoadBranches(work, commands.Select(HoldFence.Participant.OrderId));
        var codes = Branches.Select(hold => hold.Code).Concat(commands.OfType<HoldGiftCard>().Select(command => command.Code));
        foreach (var card in await work.Lock<GiftCard, string>(codes.Where(GiftCard.IsCode)!))
            Cards.Add(card.Code, card);
    }
}

/// <summary>Changes the card with each step of the branch.</summary>
sealed class HoldFence(HoldRows rows, UnitOfWorkContext work, TimeProvider clock)
    : Fence<Hold, BranchState, HoldStep>(Participant, rows, work, clock)
{
    public static readonly Participant Participant = new("giftcard", Queues.Orders, command => ((IOrderMessage)command).OrderId);

    readonly HoldRows rows = rows;

    protected override void OnTransition(Hold branch, HoldStep step, string cause)
    {
        if (step.Move is { } move)
            rows.Cards[branch.Code!].Apply(move);
    }
}

sealed class HoldGiftCardConsumer(HoldFence fence, HoldRows rows) : IConsumer<HoldGiftCard>
{
    public Task Consume(ConsumeContext<HoldGiftCard> context) => fence.Apply(context.Message,
        HoldRule.Hold(fence.Branch(context.Message), context.Message, rows.Cards.GetValueOrDefault(context.Message.Code ?? "")));
}

sealed class RedeemGiftCardConsumer(HoldFence fence) : IConsumer<RedeemGiftCard>
{
    public Task Consume(ConsumeContext<RedeemGiftCard> context) =>
        fence.Apply(context.Message, HoldRule.Redeem(fence.Branch(context.Message), context.Message));
}

sealed class ReleaseGiftCardConsumer(HoldFence fence) : IConsumer<ReleaseGiftCard>
{
    public Task Consume(ConsumeContext<ReleaseGiftCard> context) =>
        fence.Apply(context.Message, HoldRule.Release(fence.Branch(context.Message), context.Message));
}
