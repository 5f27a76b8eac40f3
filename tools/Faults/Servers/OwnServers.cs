namespace FaultRuns.Servers;

/// <summary>The servers that a run may kill: its own, in a directory that is deleted with them.</summary>
public sealed class OwnServers : IAsyncDisposable
{
    readonly DirectoryInfo directory;

    OwnServers(DirectoryInfo directory)
    {
        this.directory = directory;
        Postgres = new Postgres(directory);
        Broker = new Broker(directory.CreateSubdirectory("broker"));
    }

    public Postgres Postgres { get; }

    public Broker Broker { get; }

    /// <summary>The programs that are not installed here.</summary>
    public static IReadOnlyList<string> Missing =>
    [
        .. new[] { Postgres.Program("postgres"), Postgres.Program("initdb"), Broker.Program("rabbitmq-server"), "epmd" }
            .Where(program => !IsInstalled(program)),
    ];

    /// <exception cref="ArgumentException">Names the missing programs.</exception>
    public static void MustBeInstalled()
    {
        if (Missing is { Count: > 0 } missing)
            throw new ArgumentException($"Install PostgreSQL and RabbitMQ first (on Debian: scripts/servers-up): no {string.Join(", no ", missing)}.");
    }

    static bool IsInstalled(string program) => Path.IsPathRooted(program) || (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Any(path => File.Exists(Path.Combine(path, program)));

    /// <summary>
    /// Starts both servers. They are the servers of this process from then on, and all their files are in their directory.
    /// </summary>
    public static async Task<OwnServers> Start()
    {
        var own = Directory.CreateTempSubdirectory("ordersaga-faults-");
        OrphanCleanup.Watch(own);
        // The server's own user must be able to pass through it.
        own.UnixFileMode |= UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var servers = new OwnServers(own);
        Environment.SetEnvironmentVariable("TMPDIR", own.FullName);
        Environment.SetEnvironmentVariable("ORDERSAGA_TEST_POSTGRES", servers.Postgres.ConnectionString);
        Environment.SetEnvironmentVariable("ORDERSAGA_TEST_RABBITMQ", servers.Broker.Url);
        await Task.WhenAll(servers.Postgres.Create(), servers.Broker.Create());
        return servers;
    }

    /// <summary>Starts them again, whatever was done to them.</summary>
    public Task Up() => Task.WhenAll(Postgres.Start(), Broker.Start());

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Postgres.Kill(), Broker.End());
        directory.Delete(true);
    }
}
