using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace OrderSaga.Bench;

/// <summary>Messages published to a vhost, from RabbitMQ's management API.</summary>
static class BrokerMeter
{
    /// <summary>Channels report their counters every 5 s.</summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(6);

    /// <summary>Messages since the vhost was created; waits until all counters are reported.</summary>
    public static async Task<long> Published(string vhost)
    {
        await Task.Delay(Settled, TimeProvider.System, CancellationToken.None);
        using var http = Installation.Management();
        var received = await http.GetFromJsonAsync<JsonNode>($"api/vhosts/{vhost}");
        return (long?)received?["message_stats"]?["publish"] ?? 0;
    }
}
