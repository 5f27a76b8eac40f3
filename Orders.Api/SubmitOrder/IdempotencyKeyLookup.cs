using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace Orders.Api;

/// <summary>Finds idempotency keys that placed an order: one statement for all callers that arrive while the previous one runs.</summary>
sealed class IdempotencyKeyLookup(QueryRunner<OrdersDb> database) : IAsyncDisposable
{
    const int MaxBatch = 500;

    readonly Batcher<KeyQuery> questions = new(MaxBatch, batch => Answer(database, batch));

    /// <param name="ids">Ids of the records that a request's key may have: earlier versions stored another spelling.</param>
    public async Task<bool> Has(string[] ids)
    {
        var question = new KeyQuery(ids);
        await questions.Add(question);
        return question.Stored;
    }

    public ValueTask DisposeAsync() => questions.DisposeAsync();

    static async Task Answer(QueryRunner<OrdersDb> database, IReadOnlyList<KeyQuery> batch)
    {
        var ids = batch.SelectMany(question => question.Ids).Distinct().ToArray();
        var stored = await database.Run(db => db.IdempotencyRecords.AsNoTracking()
            .Where(record => EF.Parameter(ids).Contains(record.Id)).Select(record => record.Id).ToListAsync());
        foreach (var question in batch)
            question.Stored = question.Ids.Any(stored.Contains);
    }

    sealed class KeyQuery(string[] ids)
    {
        public string[] Ids => ids;
        public bool Stored { get; set; }
    }
}
