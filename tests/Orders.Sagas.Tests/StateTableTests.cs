using System.Reflection;
using MassTransit;
using Repository;

namespace Orders.Sagas.Tests;

/// <summary>Every state x every message, decided and approved.</summary>
public sealed class StateTableTests
{
    const string Approved = "tests/Orders.Sagas.Tests/state-table.approved.md";
    const string Docs = "docs/state-table.md";
    const string Readme = "README.md";
    const string Begin = "<!-- state-table:begin -->\n";
    const string End = "<!-- state-table:end -->";

    [Fact]
    public async Task Every_state_and_message_matches_the_approved_table()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var cells = await StateTable.Run(rig);
        cells.Count.ShouldBe(Situation.All.Count * Trigger.All.Count);
        var table = StateTable.Render(cells);
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
            Approve(table, StateTable.Short(cells));

        Text(Approved).ShouldBe(table, "The machine does not do what is approved. If it should: APPROVE=1 ./test Orders.Sagas.Tests, and read the difference.");
        Text(Docs).ShouldBe(table, $"{Docs} is not what is approved; APPROVE=1 writes it.");
        if (Repo.Exists(Readme) && InReadme() is { } copy)
            copy.ShouldBe(StateTable.Short(cells), $"{Readme}'s table is not what is approved; APPROVE=1 writes it.");
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
        States.All.Order(StringComparer.Ordinal).ShouldBe(states.Order(StringComparer.Ordinal));
    }

    static void Approve(string table, string brief)
    {
        File.WriteAllText(Repo.Path(Approved), table);
        File.WriteAllText(Repo.Path(Docs), table);
        if (Repo.Exists(Readme) && InReadme() is { } copy)
            File.WriteAllText(Repo.Path(Readme), Text(Readme).Replace(Begin + copy, Begin + brief, StringComparison.Ordinal));
    }

    /// <summary>What stands between the marks; null without them.</summary>
    static string? InReadme()
    {
        var text = Text(Readme);
        var begin = text.IndexOf(Begin, StringComparison.Ordinal);
        var end = text.IndexOf(End, StringComparison.Ordinal);
        return begin < 0 || end < begin ? null : text[(begin + Begin.Length)..end];
    }

    static string Text(string file) => Repo.Exists(file) ? Repo.Read(file).ReplaceLineEndings("\n") : "";
}
