namespace OrderSaga.Bench;

/// <summary>Resources used so far.</summary>
/// <param name="Cpu">CPU milliseconds by process.</param>
/// <param name="Database">Null without a database server.</param>
/// <param name="Allocated">Bytes allocated by the application's processes.</param>
/// <param name="OwnStatements">Statements of the harness, to be subtracted.</param>
sealed record Sample(IReadOnlyDictionary<string, double> Cpu, DatabaseCounts? Database, long? Allocated, int OwnStatements)
{
    static readonly string[] NotTheApplication = [CpuMeter.Database, CpuMeter.Connections, CpuMeter.Broker, CpuMeter.Gateway, CpuMeter.Driver];

    /// <summary>Resources per order of <paramref name="orders"/> orders since <paramref name="before"/>.</summary>
    public IEnumerable<(string Figure, double Value)> PerOrderSince(Sample before, int orders)
    {
        var cpu = Cpu.ToDictionary(process => process.Key, process => (process.Value - before.Cpu.GetValueOrDefault(process.Key)) / orders);
        foreach (var (process, milliseconds) in cpu)
            yield return (Figure.CpuOf + process, milliseconds);
        var application = cpu.Where(process => !NotTheApplication.Contains(process.Key)).Sum(process => process.Value);
        yield return (Figure.CpuApplication, application);
        yield return (Figure.CpuAll, application + cpu.GetValueOrDefault(CpuMeter.Database) + cpu.GetValueOrDefault(CpuMeter.Broker));
        if (cpu.TryGetValue(CpuMeter.Database, out var database))
            yield return (Figure.CpuDatabase, database);
        if (cpu.TryGetValue(CpuMeter.Broker, out var broker))
            yield return (Figure.CpuBroker, broker);

        var own = OwnStatements - before.OwnStatements;
        if (Database is { } counts && before.Database is { } earlier)
        {
            yield return (Figure.Transactions, (double)(counts.Transactions - earlier.Transactions - own) / orders);
            if (counts.Statements is { } now && earlier.Statements is { } then)
                yield return (Figure.Statements, (double)(now - then - own) / orders);
        }

        if (Allocated is { } allocated && before.Allocated is { } less)
            yield return (Figure.AllocatedKilobytes, (allocated - less) / 1024.0 / orders);
    }
}
