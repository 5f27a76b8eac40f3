using OrderSaga.Platform.Database;

namespace Installed;

/// <summary>Waits until an installation has come to rest, then holds its books against the invariants.</summary>
public sealed class Checker(Mode mode, Func<string, string> connection, Func<Task<IReadOnlyList<GatewayRow>>>? ledger = null)
{
    readonly BookReader reader = new(Enum.Parse<DatabaseMode>(mode.Database), connection, ledger);

    /// <summary>Every order has ended, nothing waits at the gateway or in an outbox.</summary>
    public async Task AtRest(TimeSpan? within = null) => await Eventually.Becomes(
        "every order has ended, no operation at the gateway is open, every outbox is empty", reader.Open,
        open => open == (0, 0, 0), within ?? TimeSpan.FromSeconds(30));

    public async Task IsClean(IReadOnlyCollection<Guid> acknowledged)
    {
        await AtRest();
        var broken = await Broken(acknowledged);
        broken.ShouldBeEmpty($"{broken.Count} findings, the first of them:\n{string.Join('\n', broken.Take(20))}\n");
    }

    /// <summary>What the books of an installation at rest are found wrong in; none when all is well.</summary>
    /// <inheritdoc cref="BookReader.Read" path="/param"/>
    public async Task<IReadOnlyList<string>> Broken(IReadOnlyCollection<Guid> acknowledged, DateTime? since = null) =>
        Invariants.Broken(await reader.Read(since), acknowledged);

    public async Task<IReadOnlyList<OrderRow>> Orders() => (await reader.Read()).Orders;
}
