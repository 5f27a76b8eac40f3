using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;
using Shouldly;
using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>The rule alone, without a database: every sequence, with enough stock and with too little.</summary>
public sealed class RuleTests
{
    const int Quantity = 3;
    static readonly Guid Order = Guid.Parse("0199f0a0-7c1e-7000-8000-000000000001");
    static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void The_model_has_1092_sequences() => Sequences.All.Select(ops => string.Join(' ', ops)).Distinct().Count().ShouldBe(1092);

    [Theory]
    [InlineData(10)]
    [InlineData(3)]
    [InlineData(2)]
    [InlineData(0)]
    public void Every_sequence_answers_and_moves_stock_as_modelled(long stock)
    {
        foreach (var ops in Sequences.All)
            Run(ops, stock, twice: false);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2)]
    public void A_duplicate_step_repeats_the_response_and_moves_nothing(long stock)
    {
        foreach (var ops in Sequences.All)
            Run(ops, stock, twice: true);
    }

    static void Run(Op[] ops, long stock, bool twice)
    {
        var (model, branch, level) = (new FenceModel(stock, Quantity, Commands.SoldOut(Quantity, stock)), (Branch?)null, new StockLevel { Sku = "a" });
        level.Receive(stock);
        foreach (var op in ops)
        {
            var because = $"{op} in {string.Join(' ', ops)} with {stock} in stock";
            var expected = model.Handle(op);
            Handle(op, ref branch, level).ShouldBe(expected, because);
            if (twice)
                Handle(op, ref branch, level).ShouldBe(expected, "again: " + because);

            (level.Available, level.Held, level.Sold).ShouldBe((model.Available, model.Held, model.Used), because);
            level.Received.ShouldBe(level.Available + level.Held + level.Sold, because);
            (branch?.State.ToString() ?? "").ShouldBe(model.Path.LastOrDefault() ?? "", because);
        }
    }

    static string? Handle(Op op, ref Branch? branch, StockLevel level)
    {
        var outcome = Commands.Of(op, Order, new OrderLine("a", Quantity)) switch
        {
            TryReserveStock message => StockRule.Try(branch, message, new Dictionary<string, StockLevel> { ["a"] = level }),
            ConfirmStock message => StockRule.Confirm(branch, message),
            var message => StockRule.Cancel(branch, (CancelStock)message),
        };
        if (outcome is StockStep step)
        {
            foreach (var line in step.Lines)
                level.Move(step.Move, line.Quantity);
            branch ??= new Branch { OrderId = Order, CreatedAt = Now };
            branch.Transition(step, Now);
            return Commands.Text(step.Answer);
        }

        return outcome is Outcome.Repeat repeat ? Commands.Text(repeat.Answer) : null;
    }

    [Fact]
    public void An_order_reserves_all_lines_or_none()
    {
        var levels = new Dictionary<string, StockLevel> { ["a"] = Level("a", 5), ["b"] = Level("b", 1) };
        var outcome = StockRule.Try(null, new TryReserveStock(Order, [new("a", 5), new("b", 2), new("c", 1)]), levels);

        var step = outcome.ShouldBeOfType<StockStep>();
        (step.To, step.Move).ShouldBe((BranchState.Refused, StockMove.None));
        var no = step.Answer.ShouldBeOfType<StockRejected>();
        no.Reason.ShouldBe("unknown sku");
        no.Lines.ShouldBe([new RejectedLine("b", 2, 1), new RejectedLine("c", 1, 0)]);
    }

    [Fact]
    public void Sold_out_names_every_short_line()
    {
        var levels = new Dictionary<string, StockLevel> { ["a"] = Level("a", 5), ["b"] = Level("b", 1) };
        var step = StockRule.Try(null, new TryReserveStock(Order, [new("a", 6), new("b", 1)]), levels).ShouldBeOfType<StockStep>();
        step.Answer.ShouldBeOfType<StockRejected>().Lines.ShouldBe([new RejectedLine("a", 6, 5)]);
    }

    public static TheoryData<string> MalformedTries => ["none", "null", "empty line", "no sku", "zero", "negative", "twice"];

    [Theory]
    [MemberData(nameof(MalformedTries))]
    public void A_malformed_Try_is_refused_and_creates_no_stock(string what)
    {
        IReadOnlyList<OrderLine> lines = what switch
        {
            "null" => null!,
            "none" => [],
            "empty line" => [null!],
            "no sku" => [new OrderLine(null!, 1)],
            "zero" => [new OrderLine("a", 0)],
            "negative" => [new OrderLine("a", -5)],
            _ => [new OrderLine("a", 1), new OrderLine("a", 1)],
        };
        StockRule.Try(null, new TryReserveStock(Order, lines), new Dictionary<string, StockLevel> { ["a"] = Level("a", 9) })
            .ShouldBeOfType<StockStep>().Answer.ShouldBeOfType<StockRejected>().Reason.ShouldBe("the lines are not usable");
    }

    [Fact]
    public void Stock_levels_never_become_negative()
    {
        var level = Level("a", 1);
        Should.Throw<InvalidOperationException>(() => level.Move(StockMove.Hold, 2));
        Should.Throw<InvalidOperationException>(() => level.Move(StockMove.Sell, 1));
        Should.Throw<InvalidOperationException>(() => level.Move(StockMove.Release, 1));
        Should.Throw<OverflowException>(() => level.Receive(long.MaxValue));
        (level.Received, level.Available, level.Held, level.Sold).ShouldBe((1, 1, 0, 0));
    }

    static StockLevel Level(string sku, long received)
    {
        var level = new StockLevel { Sku = sku };
        level.Receive(received);
        return level;
    }
}
