namespace FaultRuns.Servers;

/// <summary>A RabbitMQ node for this run with its own name service: no other node of the machine sees it.</summary>
public sealed class Broker
{
    const string User = "faults";

    readonly DirectoryInfo directory;
    readonly int port;
    readonly Dictionary<string, string> environment;
    readonly ServerProcess names;
    readonly ServerProcess node;

    public Broker(DirectoryInfo directory)
    {
        this.directory = directory;
        // Also reserves the management port, 10,000 above: while the broker is stopped, no outgoing connection may take the port.
        port = Ports.Free(200).First(free => free + 10_000 < Ports.OfCallers && Ports.IsFree(free + 10_000));
        var others = Ports.Free(2);
        environment = new Dictionary<string, string>
        {
            ["HOME"] = directory.FullName,
            ["ERL_EPMD_PORT"] = Text(others[0]),
            ["RABBITMQ_DIST_PORT"] = Text(others[1]),
            ["RABBITMQ_NODENAME"] = "faults@localhost",
            ["RABBITMQ_MNESIA_BASE"] = Inside("mnesia"),
            ["RABBITMQ_LOG_BASE"] = Inside("log"),
            ["RABBITMQ_LOGS"] = "-",
            ["RABBITMQ_CONF_ENV_FILE"] = Inside("none"),
            ["RABBITMQ_CONFIG_FILE"] = Inside("rabbitmq"),
            ["RABBITMQ_CONFIG_FILES"] = Inside("none"),
            ["RABBITMQ_ADVANCED_CONFIG_FILE"] = Inside("none"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Inside("enabled_plugins"),
            ["RUNNING_UNDER_SYSTEMD"] = "true",
        };
        names = new ServerProcess(Inside("names.log"), environment, "epmd", "-address", "127.0.0.1", "-port", Text(others[0]));
        node = new ServerProcess(Inside("broker.log"), environment, Program("rabbitmq-server"));
    }

    /// <summary>The URL without a virtual host.</summary>
    public string Url => $"amqp://{User}:{User}@127.0.0.1:{port}";

    public async Task Create()
    {
        await File.WriteAllTextAsync(Inside("rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{port}
            management.tcp.ip = 127.0.0.1
            management.tcp.port = {port + 10_000}
            default_user = {User}
            default_pass = {User}
            default_user_tags.administrator = true
            log.console = true
            log.console.level = warning

            """);
        await File.WriteAllTextAsync(Inside("enabled_plugins"), "[rabbitmq_management].");
        names.Start();
        await Start();
    }

    public async Task Start()
    {
        if (!node.IsUp)
            node.Start();
        await Answers();
    }

    public Task Kill() => node.Kill();

    public async Task End()
    {
        await Kill();
        await names.Kill();
    }

    /// <summary>Its process lives on but accepts no connections and answers nothing.</summary>
    public Task StopApp() => Control("stop_app");

    public async Task StartApp()
    {
        await Control("start_app");
        await Answers();
    }

    Task Answers() => Eventually.Holds($"the broker answers; its log: {Inside("broker.log")}", async () =>
    {
        try
        {
            using var http = Installation.Management();
            using var answer = await http.GetAsync("api/health/checks/port-listener/" + Text(port));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }, TimeSpan.FromSeconds(120));

    Task Control(string verb) => new ServerProcess(Inside("control.log"), environment, Program("rabbitmqctl"), "-q", verb).Run();

    string Inside(string name) => Path.Combine(directory.FullName, name);

    /// <summary>The programs themselves: Debian's wrappers would run them as the system's broker.</summary>
    internal static string Program(string name) => File.Exists("/usr/lib/rabbitmq/bin/" + name) ? "/usr/lib/rabbitmq/bin/" + name : name;

    static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
