using Microsoft.EntityFrameworkCore;
using OrderSaga.Platform.Http;

namespace OrderSaga.Sandbox;

/// <summary>Lists operations for callers without an answer: by idempotency key or by reference.</summary>
static class ListOperations
{
    const int MaxRows = 200;

    public static void MapOperations(this IEndpointRouteBuilder api) => api.MapGet("/operations", List);

    static async Task<OperationList> List(string? idempotencyKey, string? reference, SandboxDb db, CancellationToken cancel)
    {
        if (string.IsNullOrEmpty(idempotencyKey) == string.IsNullOrEmpty(reference))
            throw Query.Invalid(nameof(reference), "Send either ?idempotencyKey= or ?reference=.");

        var query = string.IsNullOrEmpty(reference)
            ? db.Operations.Where(x => x.IdempotencyKey == idempotencyKey)
            : db.Operations.Where(x => x.Reference == reference);
        var rows = await query.AsNoTracking().OrderBy(x => x.At).ThenBy(x => x.Id).Take(MaxRows).ToListAsync(cancel);
        return new OperationList([.. rows.Select(GatewayAnswer.Of)]);
    }
}

sealed record OperationList(IReadOnlyList<GatewayAnswer> Items);
