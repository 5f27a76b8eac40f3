using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.EntityFrameworkCore;

namespace Platform.Tests;

/// <summary>PgBouncer between the services and PostgreSQL, where it is installed.</summary>
public sealed class PoolerTests
{
    const string Program = "/usr/sbin/pgbouncer";

    [Theory]
    [InlineData("session", "")]
    [InlineData("transaction", ";Max Auto Prepare=0")]
    public async Task Services_work_behind_a_pooler(string mode, string setting)
    {
        Assert.SkipUnless(Mode.Postgres is not null && Mode.RabbitMq is not null && File.Exists(Program), "There is no PgBouncer here.");
        await using var installation = await Mode.Servers.Fresh("pack");
        await (await PackHost.Make(installation)).DisposeAsync();
        await using var pooler = await Pooler.Start(installation, mode);
        await using var host = await PackHost.Start(
            installation, $"ConnectionStrings:pack={installation.Connection("pack")};Host=127.0.0.1;Port={pooler.Port}{setting}");
        using var http = host.Client();

        (await http.GetAsync("/health/ready")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await host.Bump("a", 50);
        await host.Counts("echo-a", 50);
        if (mode == "session")
            (await host.Db(db => db.Database.SqlQueryRaw<string>("SELECT current_setting('plan_cache_mode') AS \"Value\"").SingleAsync()))
                .ShouldBe("force_generic_plan");
        host.Complaints.ShouldNotContain(line => line.Contains("database", StringComparison.OrdinalIgnoreCase));
    }

    sealed class Pooler(Process process, DirectoryInfo directory, int port) : IAsyncDisposable
    {
        public int Port => port;

        public static async Task<Pooler> Start(Installation installation, string mode)
        {
            var server = new Npgsql.NpgsqlConnectionStringBuilder(installation.Connection("pack"));
            // Readable by the user that it switches to.
            var directory = Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), $"pooler-{Guid.CreateVersion7():N}"));
            var port = Ports.Free(1)[0];
            var file = Path.Combine(directory.FullName, "pooler.ini");
            await File.WriteAllTextAsync(file, string.Create(CultureInfo.InvariantCulture, $"""
                [databases]
                * = host={server.Host} port={server.Port} user={server.Username} password={server.Password}
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = {port}
                unix_socket_dir =
                auth_type = any
                pool_mode = {mode}
                """));
            string[] user = Environment.IsPrivilegedProcess ? ["-u", "nobody"] : [];
            var process = Process.Start(new ProcessStartInfo(Program, ["-q", .. user, file]))!;
            var pooler = new Pooler(process, directory, port);
            await Eventually.Holds("the pooler listens", pooler.Listens);
            return pooler;
        }

        async Task<bool> Listens()
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException refused) when (process.HasExited)
            {
                throw new InvalidOperationException($"The pooler ended with {process.ExitCode}.", refused);
            }
            catch (SocketException)
            {
                return false;
            }
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            directory.Delete(true);
        }
    }
}
