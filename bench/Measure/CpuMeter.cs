namespace OrderSaga.Bench;

/// <summary>Processor time so far, milliseconds, by the name of a process or server.</summary>
/// <param name="services">The application's processes by name.</param>
/// <param name="gateway">The gateway's process; none when there is none.</param>
/// <param name="postmaster">PostgreSQL's first process on this machine; none when there is none.</param>
/// <param name="withBroker">RabbitMQ on this machine is part of what is measured.</param>
sealed class CpuMeter(IReadOnlyDictionary<string, int> services, int? gateway, int? postmaster, bool withBroker)
{
    public const string Database = "PostgreSQL";
    public const string Broker = "RabbitMQ";
    public const string Gateway = "gateway";
    public const string Driver = "driver";

    /// <summary>The driver and the gateway are no part of the application, nor is what is not there.</summary>
    public IReadOnlyDictionary<string, double> Read()
    {
        var times = services.Select(service => (service.Key, Own(service.Value))).ToDictionary();
        times[Driver] = Own(Environment.ProcessId);
        if (gateway is { } foreign)
            times[Gateway] = Own(foreign);
        if (postmaster is null && !withBroker)
            return times;

        var all = Processes.All();
        if (postmaster is not null)
            times[Database] = all.Where(process => process.Id == postmaster || process.Parent == postmaster)
                .Sum(process => process.Own + (process.Id == postmaster ? process.OfReaped : 0));
        if (withBroker)
            times[Broker] = all.Where(process => process.Name == "beam.smp").Sum(process => process.Own);
        return times;
    }

    static double Own(int process) => Processes.Read(process)?.Own ?? 0;
}
