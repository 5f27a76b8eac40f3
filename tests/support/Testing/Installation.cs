using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Testing;

/// <summary>Databases and a virtual host for one test.</summary>
public sealed class Installation(Mode mode, IReadOnlyList<string> databases, string? disk = null) : IAsyncDisposable
{
    readonly string name = "t" + Guid.CreateVersion7().ToString("N")[^12..];

    public Mode Mode => mode;

    /// <summary>What the names of its databases and roles begin with; its virtual host has the same name without the underscore.</summary>
    public string Prefix => name + "_";

    /// <summary>A directory for this installation: SQLite files, keys, logs.</summary>
    public string Directory { get; } = disk is null
        ? System.IO.Directory.CreateTempSubdirectory("ordersaga-").FullName
        : System.IO.Directory.CreateDirectory(Path.Combine(disk, "data")).FullName;

    /// <summary>The settings with which each process of this installation starts.</summary>
    public Dictionary<string, string?> Settings()
    {
        var settings = new Dictionary<string, string?>
        {
            ["Data"] = Directory,
            ["Database:Mode"] = mode.Database,
            ["Transport:Mode"] = mode.Transport,
        };
        if (mode.Transport == "RabbitMq")
            settings["Transport:Url"] = $"{Mode.RabbitMq!.TrimEnd('/')}/{name}";
        foreach (var database in databases)
            settings[$"ConnectionStrings:{database}"] = Connection(database);
        return settings;
    }

    /// <summary>The same as arguments of a program.</summary>
    public IEnumerable<string> Arguments => Settings().Select(setting => $"--{setting.Key}={setting.Value}");

    public string Connection(string database) => mode.Database switch
    {
        "PostgreSql" => $"{Mode.Postgres};Database={name}_{database};SSL Mode=Disable;Maximum Pool Size=20",
        "SqlServer" => $"{Mode.SqlServerConnection};Database={name}_{database}",
        _ => $"Data Source={Path.Combine(Directory, database + ".db")};Default Timeout=30",
    };

    internal Task Create() => mode.Transport == "RabbitMq" ? Vhost(HttpMethod.Put) : Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (mode.Transport == "RabbitMq")
            await Vhost(HttpMethod.Delete);
        foreach (var database in databases)
            await Drop(database);
        SqliteConnection.ClearAllPools();
        System.IO.Directory.Delete(Directory, true);
    }

    async Task Drop(string database)
    {
        if (mode.Database == "PostgreSql")
        {
            NpgsqlConnection.ClearAllPools();
            await using var source = NpgsqlDataSource.Create($"{Mode.Postgres};Database=postgres;SSL Mode=Disable;Pooling=false");
            await using var drop = source.CreateCommand($"DROP DATABASE IF EXISTS {name}_{database} WITH (FORCE)");
            await Eventually.Holds($"{name}_{database} is dropped", () => Dropped(drop), TimeSpan.FromSeconds(120));
        }
        else if (mode.Database == "SqlServer")
        {
            SqlConnection.ClearAllPools();
            await using var connection = new SqlConnection($"{Mode.SqlServerConnection};Database=master");
            await connection.OpenAsync();
            await using var drop = connection.CreateCommand();
            drop.CommandText = $"IF DB_ID('{name}_{database}') IS NOT NULL BEGIN "
                + $"ALTER DATABASE [{name}_{database}] SET SINGLE_USER WITH ROLLBACK IMMEDIATE; DROP DATABASE [{name}_{database}] END";
            await drop.ExecuteNonQueryAsync();
        }
    }

    /// <summary>False while a maintenance session of the server uses the database: only a superuser can end that one.</summary>
    static async Task<bool> Dropped(NpgsqlCommand drop)
    {
        try
        {
            await drop.ExecuteNonQueryAsync();
            return true;
        }
        catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.ObjectInUse)
        {
            return false;
        }
    }

    async Task Vhost(HttpMethod method)
    {
        using var http = Management();
        var answer = await http.SendAsync(new HttpRequestMessage(method, $"api/vhosts/{name}"));
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Makes the broker unavailable to the processes of this installation: no permission, no connection.</summary>
    public async Task ShutBroker()
    {
        using var http = Management();
        (await http.DeleteAsync(Permissions)).EnsureSuccessStatusCode();
        // The management API shows a new connection some seconds late.
        var closed = 0;
        await Eventually.Holds("no connection is left", async () =>
        {
            var open = (await http.GetFromJsonAsync<JsonArray>($"api/vhosts/{name}/connections"))!;
            foreach (var connection in open)
                await http.DeleteAsync("api/connections/" + Uri.EscapeDataString((string)connection!["name"]!));
            closed += open.Count;
            return closed > 0 && open.Count == 0;
        });
    }

    /// <summary>Makes the broker available again.</summary>
    public async Task OpenBroker()
    {
        using var http = Management();
        (await http.PutAsJsonAsync(Permissions, new { configure = ".*", write = ".*", read = ".*" })).EnsureSuccessStatusCode();
    }

    /// <summary>Calls RabbitMQ's management API for this installation's virtual host: <c>queues/{vhost}/{path}</c>.</summary>
    public async Task<JsonNode?> Manage(HttpMethod method, string kind, string path, object? body = null)
    {
        using var http = Management();
        using var request = new HttpRequestMessage(method, $"api/{kind}/{name}/{path}") { Content = JsonContent.Create(body ?? new { }) };
        using var answer = await http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        var text = await answer.Content.ReadAsStringAsync();
        return text.Length == 0 ? null : JsonNode.Parse(text);
    }

    string Permissions => $"api/permissions/{name}/{new Uri(Mode.RabbitMq!).UserInfo.Split(':')[0]}";

    /// <summary>RabbitMQ's management API as the test user, on the usual port: the broker's plus 10,000.</summary>
    public static HttpClient Management()
    {
        var broker = new Uri(Mode.RabbitMq!);
        var http = new HttpClient { BaseAddress = new Uri($"http://{broker.Host}:{broker.Port + 10_000}/") };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(broker.UserInfo)));
        return http;
    }
}
