namespace FaultRuns.Conditions;

/// <summary>A policy on every queue: the broker drops a message after this many deliveries, as RabbitMQ 4 does by default.</summary>
public sealed class DeliveryLimit : IAsyncDisposable
{
    readonly string policy;

    DeliveryLimit(string policy) => this.policy = policy;

    public static async Task<DeliveryLimit> Set(FaultRun run, int deliveries)
    {
        var set = new DeliveryLimit($"api/policies/{run.System.Vhost}/delivery-limit");
        var definition = new Dictionary<string, object>
        {
            ["pattern"] = ".*", ["apply-to"] = "queues", ["priority"] = 1,
            ["definition"] = new Dictionary<string, object> { ["delivery-limit"] = deliveries },
        };
        using var http = Installation.Management();
        (await http.PutAsJsonAsync(set.policy, definition)).EnsureSuccessStatusCode();
        return set;
    }

    public async ValueTask DisposeAsync()
    {
        using var http = Installation.Management();
        (await http.DeleteAsync(policy)).EnsureSuccessStatusCode();
    }
}
