using OrderSaga.Platform.Http;

namespace Reconciler.Job;

/// <summary>GET /reconciliation/conservation: the current sums, without a run.</summary>
static class ConservationEndpoint
{
    static readonly ConservationReport Example = new(
        1, new SkuBalance("", 100, 90, 3, 7, 100, 3, 7), 0, [],
        [new MoneyBalance("EUR", new DateOnly(2026, 1, 30)) { Authorized = 12_500, Captured = 10_000, Settled = 10_000, Fees = 165 }],
        new Dictionary<string, long>(), [], 0);

    public static void Map(IEndpointRouteBuilder reconciliation) => reconciliation.MapGet("/conservation", Get)
        .WithName("GetConservation").WithSummary("The sums received = available + held + sold and captured - refunded = settled, and their drift")
        .LimitRate().WithoutDeadline()
        .Produces<ConservationReport>().ResponseExample(200, Example);

    static async Task<ConservationReport> Get(Conservation conservation, SettlementTermsSource terms, CancellationToken cancel) =>
        await conservation.Read(await terms.Days(cancel), cancel);
}
