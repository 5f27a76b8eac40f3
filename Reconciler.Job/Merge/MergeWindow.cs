namespace Reconciler.Job;

/// <summary>Which orders a run looks at.</summary>
/// <param name="Until">UTC. What any ledger changed later is in flight and left out, whatever its state.</param>
/// <param name="Since">UTC, the watermark: only what any ledger changed then or later. None: everything.</param>
sealed record MergeWindow(DateTime Until, DateTime? Since = null);
