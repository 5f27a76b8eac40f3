using Microsoft.EntityFrameworkCore;

namespace Orders.Sagas.Tests;

/// <summary>Runs every cell on the real state machine and renders the table.</summary>
static class StateTable
{
    const string Head = """
        # The order's states

        What each message does to an order, cell by cell. `tests/Orders.Sagas.Tests` generates it by running the state machine;
        `APPROVE=1 ./test Orders.Sagas.Tests` updates it. A message that a state does not expect is an error on purpose: it is
        stored as a failed message, with its cause. One transaction writes the order's row, its audit row and its messages.

        """;

    static readonly string[] Columns = ["| state | message | does | goes to |", "|---|---|---|---|"];

    public static async Task<List<Cell>> Run()
    {
        await using var rig = await Rig.Start(Mode.Embedded);
        var now = rig.Clock.Now;
        var cells = Situation.All.SelectMany(situation => Trigger.All.Select(trigger => Prepare(situation, trigger, now))).ToList();
        await rig.Put(cells.Where(cell => cell.Situation.Make is not null).Select(cell => cell.Before));
        await rig.Deliver(cells.ConvertAll(cell => cell.Parcel));

        var orders = await rig.Db(db => db.Orders.AsNoTracking().ToDictionaryAsync(order => order.CorrelationId));
        var sent = (await rig.Sent()).ToLookup(message => message.CorrelationId!.Value);
        var audit = (await rig.Db(db => db.Audit.AsNoTracking().OrderBy(row => row.Id).ToListAsync())).ToLookup(row => row.SubjectId);
        var failed = (await rig.Failed()).ToDictionary(message => message.MessageId!.Value);
        foreach (var cell in cells)
        {
            var id = cell.Before.CorrelationId;
            cell.Outcome(orders.GetValueOrDefault(id), sent[id], audit[id.ToString()], failed.GetValueOrDefault(cell.Parcel.Id));
        }

        return cells;
    }

    static Cell Prepare(Situation situation, Trigger trigger, DateTime now)
    {
        var order = situation.Make?.Invoke(now) ?? Some.Order(OrderStates.Reserving, now);
        trigger.Change?.Invoke(order, now);
        return new Cell(situation, trigger, order, new Parcel(trigger.Message(order)));
    }

    public static string Render(IReadOnlyList<Cell> cells)
    {
        var lines = new List<string>(Columns);
        foreach (var situation in cells.GroupBy(cell => cell.Situation.Name))
        {
            var name = $"**{situation.Key}**";
            foreach (var (messages, does, goesTo) in Rows([.. situation]))
            {
                lines.Add($"| {name} | {messages} | {does} | {goesTo} |");
                name = "";
            }
        }

        return Head.ReplaceLineEndings("\n") + "\n" + string.Join('\n', lines) + "\n";
    }

    /// <summary>The handled cells one by one, then the ignored ones, then the refused ones.</summary>
    static IEnumerable<(string Messages, string Does, string GoesTo)> Rows(IReadOnlyList<Cell> cells)
    {
        foreach (var cell in cells.Where(cell => cell.Does is not (Cell.Ignored or Cell.Refused)))
            yield return (cell.Trigger.Name, cell.Does, cell.GoesTo);
        foreach (var does in (string[])[Cell.Ignored, Cell.Refused])
        {
            var messages = Names([.. cells.Where(cell => cell.Does == does)]);
            if (messages.Length > 0)
                yield return (messages, does, "");
        }
    }

    /// <summary>Checks that behave alike share one name.</summary>
    static string Names(IReadOnlyList<Cell> cells)
    {
        var names = cells.Select(cell => cell.Trigger.Name).ToList();
        var checks = names.FindAll(IsCheck);
        return checks.Count == Trigger.All.Count(trigger => IsCheck(trigger.Name))
            ? string.Join(", ", names.Where(name => !IsCheck(name)).Append(Trigger.Check))
            : string.Join(", ", names);
    }

    static bool IsCheck(string name) => name.StartsWith(Trigger.Check, StringComparison.Ordinal);
}
