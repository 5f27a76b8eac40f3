using Testing;

namespace OrderSaga.Bench;

/// <summary>Where our system runs.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Mode">Its servers.</param>
/// <param name="OneProcess">All services in one.</param>
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

/// <summary>Our system, set in one way or another.</summary>
/// <param name="Name">In the table.</param>
/// <param name="Settings">Of all its processes.</param>
/// <param name="MostInFlight">More orders under way at once would make it slower: they wait so long that they are taken for stuck.</param>
sealed record Variant(string Name, IReadOnlyDictionary<string, string?> Settings, int MostInFlight = int.MaxValue)
{
    /// <summary>Services of which a second process runs.</summary>
    public IReadOnlyList<string> Twins { get; init; } = [];

    /// <summary>As it comes.</summary>
    public static Variant Ours { get; } = new("ours", new Dictionary<string, string?>());

    /// <summary>Baseline (a): a transaction for each message and each placement, each outbox row sent alone.</summary>
    public static Variant Alone { get; } = new("a-no-batches", new Dictionary<string, string?>
    {
        ["Limits:BatchSize"] = "1",
        ["Limits:PublishWindow"] = "1",
        ["Limits:EnvelopeSize"] = "1",
        ["Orders:PlacementBatch"] = "1",
        ["Payments:AnswerBatch"] = "1",
    }, MostInFlight: 64);

    /// <summary>The options with as many orders under way as this one bears.</summary>
    public Options Bounded(Options options) => options with { InFlight = Math.Min(options.InFlight, MostInFlight) };
}
