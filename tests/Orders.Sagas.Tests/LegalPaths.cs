using OrderSaga.Platform.Database;

namespace Orders.Sagas.Tests;

static class LegalPaths
{
    /// <summary>From the initial to the current state, by legal steps and without a gap.</summary>
    public static void ShouldLeadTo(this IReadOnlyList<AuditRow> trail, string state, string from = "")
    {
        var at = from;
        foreach (var row in trail)
        {
            var received = string.Join(", ", trail.Select(step => $"{step.From}->{step.To} ({step.Cause})"));
            row.From.ShouldBe(at, $"a gap in: {received}");
            OrderLifecycle.Steps.ShouldContain((at, row.Cause, row.To), $"an illegal step in: {received}");
            at = row.To;
        }

        at.ShouldBe(state);
    }
}
