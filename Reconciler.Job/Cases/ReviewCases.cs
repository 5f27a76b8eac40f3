using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Orders.Model;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;

namespace Reconciler.Job;

/// <summary>The cases of orders in review: one for each, from when it is seen until it has gone on.</summary>
sealed class ReviewCases(Reader<OrdersDb> orders, Statements<ReconcilerDb> statements, UnitOfWork<ReconcilerDb> unit, CaseBook cases)
{
    public const string Class = "order-needs-review";

    const int Page = 200;
    const string By = "assurance";
    const string Rule = "An order ends by itself.";

    /// <summary>For those that have none. Two processes that open the same one meet at its key: the one that loses runs again and finds it.</summary>
    public Task Open(IReadOnlyList<OrderState> inReview, Testimony stock, Testimony payment) => unit.Run(async work =>
    {
        var found = inReview.Select(order => (Key: FindingRow.KeyOf(Class, order.CorrelationId, order.ReviewFrom), Order: order)).ToList();
        var keys = found.ConvertAll(one => one.Key);
        var known = await ((ReconcilerDb)work.Db).Cases.Where(row => keys.Contains(row.OpenKey!)).Select(row => row.OpenKey).ToListAsync();
        foreach (var (_, order) in found.Where(one => !known.Contains(one.Key)))
            cases.Open(work, Finding(order, Evidence(order, stock, payment)), Tried(order), By);
    });

    /// <summary>Gone on is an order that is past the state in which it was given up; one that was merely sent back there is not.</summary>
    public async Task Close(CancellationToken cancel)
    {
        var after = Guid.Empty;
        while (await Opened(after, cancel) is { Count: > 0 } page)
        {
            var ids = page.ConvertAll(open => open.OrderId!.Value);
            var states = await orders.Query(db => db.Orders.Where(order => ids.Contains(order.CorrelationId))
                .ToDictionaryAsync(order => order.CorrelationId, order => order.State, cancel));
            foreach (var open in page)
                if (states.GetValueOrDefault(open.OrderId!.Value) is { } state && state != States.NeedsReview && state != open.Subject)
                    await Solve(open.Id, state);
            after = page[^1].Id;
        }
    }

    Task<List<CaseRow>> Opened(Guid after, CancellationToken cancel) => statements.Run(db => db.Cases.AsNoTracking()
        .Where(row => row.OpenKey != null && row.Class == Class && row.Id > after).OrderBy(row => row.Id).Take(Page).ToListAsync(cancel));

    Task Solve(Guid id, string state) => unit.Run(async work =>
    {
        var row = (await work.Lock<CaseRow, Guid>([id])).Single();
        if (row.Status != CaseStatus.Solved)
            cases.Solve(work, row, By, $"the order has gone on and is {state}");
    });

    static Finding Finding(OrderState order, string evidence) => new(
        Class, Severe(order), order.CorrelationId, order.ReviewFrom, Rule, evidence, Remedy.Case, order.Total, order.Currency);

    static Severity Severe(OrderState order) => order.PaymentTried && order.ReviewFrom != States.AwaitingPayment ? Severity.High : Severity.Medium;

    static string Tried(OrderState order) => $"{Command(order)} was sent again {order.CheckAttempts} times, and the order did not move";

    static string Command(OrderState order) => order.ReviewFrom switch
    {
        States.Reserving => "TryReserveStock",
        States.AwaitingPayment => "TryAuthorizePayment",
        States.ConfirmingPayment => "ConfirmPayment",
        States.ConfirmingStock => "ConfirmStock",
        _ => order.StockCancelled ? "CancelPayment" : order.PaymentCancelled ? "CancelStock" : "CancelStock and CancelPayment",
    };

    static string Evidence(OrderState order, Testimony stock, Testimony payment) => JsonSerializer.Serialize(
        new
        {
            order = new { order.State, order.ReviewFrom, order.CheckAttempts, order.Reason, order.StockCancelled, order.PaymentCancelled, order.UpdatedAt },
            stock = Said(stock, order.CorrelationId),
            payment = Said(payment, order.CorrelationId),
        }, JsonSerializerOptions.Web);

    static object Said(Testimony testimony, Guid order) =>
        testimony.Silence ?? (object?)testimony.Of(order) ?? "no message about the order has arrived there";
}
