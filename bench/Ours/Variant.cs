using Orders.Model;
using Testing;

namespace OrderSaga.Bench;

/// <summary>Deployment of our system.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Mode">Its servers.</param>
/// <param name="OneProcess">All services in one process.</param>
sealed record Place(string Name, Mode Mode, bool OneProcess)
{
    public bool HasServers => Mode.Transport == "RabbitMq";

    public static Place Of(string name)
    {
        if (name != "embedded" && (Mode.Postgres is null || Mode.RabbitMq is null))
            throw new ArgumentException("Set ORDERSAGA_TEST_POSTGRES and ORDERSAGA_TEST_RABBITMQ: eval \"$(scripts/servers-up --env)\"");
        return name == "embedded" ? new Place(name, Mode.Embedded, true) : new Place(name, Mode.Servers, name == "one-process");
    }
}

/// <summary>Our system with certain settings.</summary>
/// <param name="Name">Name in the table.</param>
/// <param name="Settings">Settings of all its processes.</param>
/// <param name="MaxInFlight">With more orders in progress they wait so long that recovery takes them for stalled ones.</param>
sealed record Variant(string Name, IReadOnlyDictionary<string, string?> Settings, int MaxInFlight = int.MaxValue)
{
    /// <summary>Another checkout with its build output; null: this one.</summary>
    public string? Root { get; init; }

    /// <summary>The flow of its orders, set by the switch; null: the switch is not set.</summary>
    public string? Flow { get; init; }

    /// <summary>Services with a second process.</summary>
    public IReadOnlyList<string> Twins { get; init; } = [];

    /// <summary>The default settings.</summary>
    public static Variant Ours { get; } = new("ours", new Dictionary<string, string?>());

    /// <summary>Baseline (a): one transaction per message and placement, each outbox row sent alone.</summary>
    public static Variant Alone { get; } = new("a-no-batches", new Dictionary<string, string?>
    {
        ["Limits:BatchSize"] = "1",
        ["Limits:MaxOutstandingConfirms"] = "1",
        ["Limits:EnvelopeSize"] = "1",
        ["Orders:PlacementBatchSize"] = "1",
        ["Payments:AnswerBatchSize"] = "1",
    }, MaxInFlight: 64);

    /// <summary>Stock and payment are tried together.</summary>
    public static Variant BothAtOnce { get; } = new("f-both-at-once", new Dictionary<string, string?>()) { Flow = OrderFlows.BothAtOnce };

    /// <summary>Another version: a checkout and its build output.</summary>
    public static Variant Base(string root) => Ours with { Name = "base " + Path.GetFileName(root), Root = root };

    /// <summary>This version with other settings.</summary>
    public static Variant With(IReadOnlyDictionary<string, string?> settings) =>
        new("with " + string.Join(' ', settings.Select(setting => $"{setting.Key}={setting.Value}")), settings);

    /// <summary>The options with this variant's limit of orders in progress.</summary>
    public Options Bounded(Options options) => options with { InFlight = Math.Min(options.InFlight, MaxInFlight) };
}
