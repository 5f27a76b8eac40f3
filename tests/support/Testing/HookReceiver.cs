namespace Testing;

/// <summary>A receiver of webhooks.</summary>
public sealed class HookReceiver : HttpReceiver
{
    HookReceiver()
        : base("POST /hook")
    {
    }

    public string Url => Root + "/hook";

    public static Task<HookReceiver> Start() => Start(new HookReceiver());

    /// <summary>Waits for this many deliveries; returns all.</summary>
    public Task<IReadOnlyCollection<Received>> Await(int count) =>
        Eventually.Becomes($"{count} deliveries", () => Task.FromResult(Taken), taken => taken.Count >= count);

    /// <summary>The event types received for an order, in the order of arrival.</summary>
    public string Of(Guid order) => TypesOf(order, Taken);

    /// <summary>The same, each event at its first arrival.</summary>
    public string First(Guid order) => TypesOf(order, Taken.DistinctBy(hook => hook.Id));

    static string TypesOf(Guid order, IEnumerable<Received> hooks) => string.Join(' ', hooks.Where(hook => hook.OrderId == order).Select(hook => hook.Type));
}
