using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace OrderSaga.Bench;

/// <summary>How many messages were published into a vhost, as RabbitMQ's management counts them.</summary>
static class BrokerMeter
{
    /// <summary>Channels tell their counts every 5 s.</summary>
    static readonly TimeSpan Settled = TimeSpan.FromSeconds(6);

    /// <summary>Since the vhost was made; waits until what was counted before the call is in.</summary>
    public static async Task<long> Published(string vhost)
    {
        await Task.Delay(Settled, TimeProvider.System, CancellationToken.None);
        using var http = Installation.Management();
        var told = await http.GetFromJsonAsync<JsonNode>($"api/vhosts/{vhost}");
        return (long?)told?["message_stats"]?["publish"] ?? 0;
    }
}
