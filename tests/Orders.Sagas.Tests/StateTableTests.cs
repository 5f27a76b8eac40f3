using System.Reflection;
using MassTransit;
using Repository;

namespace Orders.Sagas.Tests;

/// <summary>Every state and every message: decided and approved.</summary>
public sealed class StateTableTests
{
    const string Approved = "docs/state-table.md";

    static readonly Lazy<Task<List<Cell>>> Cells = new(StateTable.Run);

    [Fact]
    public async Task Every_state_and_message_matches_the_approved_table()
    {
        var cells = await Cells.Value;
        cells.Count.ShouldBe(Situation.All.Count * Trigger.All.Count);
        var table = StateTable.Render(cells);
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
            await File.WriteAllTextAsync(Repo.Path(Approved), table);

        Repo.Read(Approved).ReplaceLineEndings("\n").ShouldBe(
            table, "The state machine differs from the approved table. To approve it: APPROVE=1 ./test Orders.Sagas.Tests");
    }

    /// <summary>Except the placement and the record of a cancellation request, which come before it.</summary>
    [Fact]
    public async Task The_machine_takes_exactly_the_steps_of_the_lifecycle()
    {
        var taken = (await Cells.Value).SelectMany(cell => cell.Steps).Distinct().ToList();
        taken.ShouldBe(OrderLifecycle.Steps.Where(step => step.Cause is not (nameof(SubmitOrder) or nameof(CancelOrder))), ignoreOrder: true);
        foreach (var row in OrderLifecycle.States.Select(OrderLifecycle.Of))
        {
            row.IsFinal.ShouldBe(taken.TrueForAll(step => step.From != row.State || step.To == row.State), row.State);
            row.IsUnpaid.ShouldBe(taken.Contains((row.State, "CancelRequested", OrderStates.Cancelling)), row.State);
        }
    }

    [Fact]
    public async Task An_overdue_order_repeats_the_commands_of_its_lifecycle()
    {
        var checks = (await Cells.Value).FindAll(cell => cell.Trigger.Name == $"{Trigger.Check} (due)");
        foreach (var row in OrderLifecycle.States.Select(OrderLifecycle.Of).Where(row => row.State != OrderStates.NeedsReview))
            checks.Single(cell => cell.Situation.Name == row.State).Messages
                .ShouldBe(new[] { row.StockCommand, row.PaymentCommand }.OfType<string>(), row.State);
    }

    [Fact]
    public void The_table_covers_every_state_and_message()
    {
        var events = typeof(OrderStateMachine).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.PropertyType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Event<>)).Select(type => type.GetGenericArguments()[0].Name);
        var states = typeof(OrderStateMachine).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.PropertyType == typeof(State)).Select(property => property.Name);
        Trigger.All.Select(trigger => trigger.Name.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal).ShouldBe(events.Order(StringComparer.Ordinal));
        OrderLifecycle.States.Order(StringComparer.Ordinal).ShouldBe(states.Order(StringComparer.Ordinal));
    }
}
