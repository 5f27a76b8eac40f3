namespace OrderSaga.Bench;

/// <summary>CPU time so far in milliseconds, by process or server name.</summary>
/// <param name="services">The application's processes by name.</param>
/// <param name="gateway">The gateway's process; null if there is none.</param>
/// <param name="database">Null without a database server.</param>
/// <param name="withBroker">True to include RabbitMQ on this machine.</param>
sealed class CpuMeter(IReadOnlyDictionary<string, int> services, int? gateway, DatabaseMeter? database, bool withBroker)
{
    public const string Database = "PostgreSQL";

    /// <summary>The part of <see cref="Database"/> that serves the connections of the measured system.</summary>
    public const string Connections = "PostgreSQL's own connections";
    public const string Broker = "RabbitMQ";
    public const string Gateway = "gateway";
    public const string Driver = "driver";

    /// <summary>Excludes driver, gateway and missing processes from the application.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        var times = services.Select(service => (service.Key, CpuOf(service.Value))).ToDictionary();
        times[Driver] = CpuOf(Environment.ProcessId);
        if (gateway is { } foreign)
            times[Gateway] = CpuOf(foreign);
        var postmaster = database?.Postmaster;
        if (postmaster is null && !withBroker)
            return times;

        var all = Processes.All();
        if (postmaster is not null)
        {
            var server = all.Where(process => process.Id == postmaster || process.Parent == postmaster).ToList();
            times[Database] = server.Sum(process => process.Own + (process.Id == postmaster ? process.OfReaped : 0));
            times[Connections] = database!.OfConnections(server);
        }

        if (withBroker)
            times[Broker] = all.Where(process => process.Name == "beam.smp").Sum(process => process.Own);
        return times;
    }

    static double CpuOf(int process) => Processes.Read(process)?.Own ?? 0;
}
