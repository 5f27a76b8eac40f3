using System.Reflection;
using MassTransit;
using Repository;

namespace Orders.Sagas.Tests;

/// <summary>Every state and every message: decided and approved.</summary>
public sealed class StateTableTests
{
    const string Approved = "tests/Orders.Sagas.Tests/state-table.approved.md";
    const string Docs = "docs/state-table.md";

    [Fact]
    public async Task Every_state_and_message_matches_the_approved_table()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var cells = await StateTable.Run(rig);
        cells.Count.ShouldBe(Situation.All.Count * Trigger.All.Count);
        var table = StateTable.Render(cells);
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
            Approve(table);

        Text(Approved).ShouldBe(table, "The state machine differs from the approved table. To approve it: APPROVE=1 ./test Orders.Sagas.Tests");
        Text(Docs).ShouldBe(table, $"{Docs} differs from the approved table; APPROVE=1 writes it.");
    }

    [Fact]
    public void The_table_covers_every_state_and_message()
    {
        var events = typeof(OrderStateMachine).GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => property.PropertyType)
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Event<>)).Select(type => type.GetGenericArguments()[0].Name);
        var states = typeof(OrderStateMachine).GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.PropertyType == typeof(State)).Select(property => property.Name);
        Trigger.All.Select(trigger => trigger.Name.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal).ShouldBe(events.Order(StringComparer.Ordinal));
        Situation.All.Select(situation => situation.State).Where(state => state.Length > 0).Distinct().Order(StringComparer.Ordinal)
            .ShouldBe(states.Order(StringComparer.Ordinal));
        OrderStates.All.Order(StringComparer.Ordinal).ShouldBe(states.Order(StringComparer.Ordinal));
    }

    static void Approve(string table)
    {
        File.WriteAllText(Repo.Path(Approved), table);
        File.WriteAllText(Repo.Path(Docs), table);
    }

    static string Text(string file) => Repo.Exists(file) ? Repo.Read(file).ReplaceLineEndings("\n") : "";
}
