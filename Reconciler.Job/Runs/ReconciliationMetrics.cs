using System.Diagnostics.Metrics;

namespace Reconciler.Job;

static class ReconciliationMetrics
{
    static readonly Counter<long> Runs = Instruments.Meter.CreateCounter<long>("ordersaga.reconciliation.runs", "{run}", "Finished runs, by kind and state");

    static readonly Counter<long> Findings =
        Instruments.Meter.CreateCounter<long>("ordersaga.reconciliation.findings", "{finding}", "Discrepancies, by class: alarm on any that is critical");

    static readonly Counter<long> Repairs = Instruments.Meter.CreateCounter<long>("ordersaga.reconciliation.repairs", "{repair}", "Repairs sent, by class");
    static readonly Counter<long> Cases = Instruments.Meter.CreateCounter<long>("ordersaga.reconciliation.cases", "{case}", "Cases opened, by class");

    static readonly Counter<long> Alerts =
        Instruments.Meter.CreateCounter<long>("ordersaga.reconciliation.alerts", "{alert}", "Alerts about cases, by class and outcome: alarm on failed ones");

    public static void Ended(RunKind kind, RunState state) => Runs.Add(1, Tag("kind", kind.ToString()), Tag("state", state.ToString()));

    public static void Found(Finding finding) => Findings.Add(1, Tag("class", finding.Class), Tag("severity", finding.Severity.ToString()));

    public static void Repaired(string @class) => Repairs.Add(1, Tag("class", @class));

    public static void CaseOpened(string @class) => Cases.Add(1, Tag("class", @class));

    public static void Alerted(string @class, bool taken) => Alerts.Add(1, Tag("class", @class), Tag("outcome", taken ? "taken" : "failed"));

    static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
