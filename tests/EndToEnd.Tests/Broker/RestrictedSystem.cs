using RabbitMQ.Client;

namespace EndToEnd.Tests;

/// <summary>
/// Six processes, each with its own broker user and database role, and two outside systems, of which one may order. Started once for the tests that use it.
/// </summary>
[CollectionDefinition(nameof(RestrictedSystem))]
public sealed class RestrictedSystem : ICollectionFixture<RestrictedSystem>, IAsyncLifetime
{
    public const string Shop = "my-shop";
    public const string Stranger = "my-stranger";

    readonly Dictionary<string, Uri> outside = [];
    Running? running;

    /// <summary>Those of the processes, and two outside.</summary>
    public static readonly string[] Users = [.. Running.UserNames.Values, Shop, Stranger];

    public static bool IsAvailable => Mode.RabbitMq is not null && Mode.Postgres is not null;

    public Running Running => running!;

    public string Prefix => Running.Users!.Prefix;

    public async ValueTask InitializeAsync()
    {
        if (!IsAvailable)
            return;
        running = await Running.Start(Mode.Servers, new Setup { BrokerUsers = true, DatabaseRoles = true, OutsideSystem = Shop });
        foreach (var name in new[] { Shop, Stranger })
        {
            outside[name] = await running.Users!.Add(name);
            await using var client = await LogIn(name);
            (await client.May(channel => channel.ExchangeDeclareAsync(client.User + ".replies", ExchangeType.Fanout, durable: true, autoDelete: false)))
                .ShouldBeTrue();
        }
    }

    internal Task<BrokerClient> LogIn(string user) => BrokerClient.LogIn(outside.TryGetValue(user, out var broker) ? broker : Running.BrokerOf(user));

    public async ValueTask DisposeAsync()
    {
        if (running is not null)
            await running.DisposeAsync();
    }
}
