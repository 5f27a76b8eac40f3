using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Sandbox;

/// <summary>
/// The ledger rows of one batch of commands: read and locked at its start; each command sees the changes of the previous ones.
/// </summary>
sealed class LedgerRows
{
    readonly SandboxDb db;
    readonly Dictionary<string, GatewayOperation> byKey;
    readonly Dictionary<string, GatewayOperation> byId;

    LedgerRows(SandboxDb db, List<GatewayOperation> known, List<GatewayOperation> open)
    {
        this.db = db;
        byKey = known.ToDictionary(x => x.IdempotencyKey, StringComparer.Ordinal);
        byId = open.ToDictionary(x => x.Id, StringComparer.Ordinal);
    }

    public static async Task<LedgerRows> Open(UnitOfWorkContext work, IReadOnlyList<Command> commands)
    {
        var ledger = (SandboxDb)work.Db;
        var keys = commands.OfType<KeyedCommand>().Select(x => x.Key).Distinct(StringComparer.Ordinal).ToArray();
        var targets = commands.Select(Target).OfType<string>().Distinct(StringComparer.Ordinal).ToArray();

        // Not tracked: rows read before the lock would hide what the lock waited for.
        var known = await ledger.Operations.AsNoTracking().Where(x => keys.Contains(x.IdempotencyKey)).ToListAsync();
        var open = targets.Length == 0 ? [] : await Lock(work, ledger, targets);
        return new LedgerRows(ledger, known, open);
    }

    static async Task<List<GatewayOperation>> Lock(UnitOfWorkContext work, SandboxDb ledger, string[] targets)
    {
        var ids = await ledger.Operations.Where(x => targets.Contains(x.Id)).Select(x => x.AuthorizationId).Distinct().ToListAsync();
        await work.Lock<GatewayOperation, string>(ids);
        return await ledger.Operations.Where(x => ids.Contains(x.AuthorizationId)).ToListAsync();
    }

    static string? Target(Command command) => command switch
    {
        Modification follow => follow.TargetId,
        Conclude conclude => conclude.AuthorizationId,
        _ => null,
    };

    public GatewayOperation? ByKey(string key) => byKey.GetValueOrDefault(key);

    public GatewayOperation? ById(string id, string operation) =>
        byId.TryGetValue(id, out var found) && found.Operation == operation ? found : null;

    /// <summary>All operations of an authorization, itself included.</summary>
    public Account Account(string authorizationId) => new([.. byId.Values.Where(x => x.AuthorizationId == authorizationId)]);

    public void Write(GatewayOperation operation)
    {
        byKey[operation.IdempotencyKey] = operation;
        byId[operation.Id] = operation;
        db.Add(operation);
    }
}

/// <summary>The operations of one authorization.</summary>
sealed record Account(IReadOnlyList<GatewayOperation> Operations)
{
    public GatewayOperation Authorization => Operations.Single(x => x.Operation == Sandbox.Operations.Authorize);

    public bool Has(string operation) => Operations.Any(x => x.Operation == operation && x.Status == Statuses.Succeeded);
}
