namespace FaultRuns.Servers;

/// <summary>A PostgreSQL server for this run.</summary>
public sealed class Postgres
{
    static readonly Dictionary<string, string> NoEnvironment = [];

    readonly int port = Ports.Free(1)[0];
    readonly string data;
    readonly string log;
    readonly string[] user;
    readonly ServerProcess server;

    public Postgres(DirectoryInfo directory)
    {
        data = Path.Combine(directory.FullName, "data");
        log = Path.Combine(directory.FullName, "postgres.log");
        // PostgreSQL refuses to run as root.
        user = Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];
        server = new ServerProcess(log, NoEnvironment, [.. user, Program("postgres"), "-D", data, "-p", Text(port), "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=", "-c", "max_connections=300"]);
    }

    /// <summary>The connection string without a database.</summary>
    public string ConnectionString => $"Host=127.0.0.1;Port={port};Username=faults;Timeout=5";

    public async Task Create()
    {
        if (Environment.IsPrivilegedProcess)
            await Run("install", "-d", "-o", "postgres", data);
        await Run([.. user, Program("initdb"), "-D", data, "-U", "faults", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]);
        await Start();
    }

    /// <summary>Like a power loss of its machine: the sessions end with the main process.</summary>
    public Task Kill() => server.Kill();

    /// <summary>The server cannot start before the last session of its predecessor has ended; retry until it does.</summary>
    public Task Start() => Eventually.Holds("PostgreSQL answers", async () =>
    {
        if (!server.IsUp)
            server.Start();
        return await Answers();
    }, TimeSpan.FromSeconds(60));

    /// <summary>Runs a statement as the superuser; returns the number of rows.</summary>
    public async Task<int> Execute(string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection($"{ConnectionString};Database={database};SSL Mode=Disable;Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var rows = await command.ExecuteReaderAsync();
        var count = 0;
        while (await rows.ReadAsync())
            count++;
        return count;
    }

    /// <summary>Copies all of one database into an empty one, as of one moment; its users notice nothing.</summary>
    public Task Copy(string from, string to) => Run("sh", "-c",
        $"'{Program("pg_dump")}' -h 127.0.0.1 -p {Text(port)} -U faults {from} | '{Program("psql")}' -q -h 127.0.0.1 -p {Text(port)} -U faults {to}");

    async Task<bool> Answers()
    {
        try
        {
            return await Execute("SELECT 1") == 1;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    Task Run(params string[] command) => new ServerProcess(log, NoEnvironment, command).Run();

    /// <summary>Debian keeps the server's programs outside the path.</summary>
    internal static string Program(string name)
    {
        const string Versions = "/usr/lib/postgresql";
        return !Directory.Exists(Versions) ? name : Directory.GetDirectories(Versions)
            .OrderByDescending(version => int.TryParse(Path.GetFileName(version), out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin", name)).FirstOrDefault(File.Exists) ?? name;
    }

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
