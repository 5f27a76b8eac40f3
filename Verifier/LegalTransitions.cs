using Orders.Model;

namespace OrderSaga.Verifier;

/// <summary>
/// The steps that an order may take: those of docs/state-table.md, which a test generates from the running state machine.
/// </summary>
static class LegalTransitions
{
    static readonly HashSet<(string From, string To)> All = [("", OrderStates.Reserving), .. Read()];

    public static bool Has(string from, string to) => All.Contains((from, to));

    static IEnumerable<(string From, string To)> Read()
    {
        using var table = new StreamReader(typeof(LegalTransitions).Assembly.GetManifestResourceStream("state-table.md")!);
        var state = "";
        while (table.ReadLine() is { } line)
        {
            var cells = line.Split('|', StringSplitOptions.TrimEntries);
            if (cells.Length != 6)
                continue;
            state = cells[1].Length > 0 ? cells[1].Trim('*') : state;
            var from = state.Split(',')[0];
            if (!OrderStates.All.Contains(from))
                continue;
            if (OrderStates.All.Contains(cells[4]))
                yield return (from, cells[4]);
            // An order leaves review through its previous state.
            if (state.Split(", from ") is [_, var before])
                yield return (from, before.Split(' ')[0]);
        }
    }
}
