namespace Reconciler.Job;

/// <summary>Styles of the report for screen and print.</summary>
static class ReportStyle
{
    public const string Css = """
        :root { --ink: #1b2430; --soft: #5b6675; --line: #e3e7ed; --paper: #fff; --ground: #f4f6f9;
                --good: #2f855a; --warn: #b7791f; --bad: #c0392b; --calm: #8795a8; --blue: #2b5c9e; }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 "Inter", "Segoe UI", system-ui, "DejaVu Sans", sans-serif;
               font-variant-numeric: tabular-nums; }
        main { max-width: 1080px; margin: 0 auto; padding: 32px 28px 56px; }
        header { background: var(--paper); border: 1px solid var(--line); border-top: 6px solid var(--verdict); border-radius: 6px; padding: 26px 32px 22px; }
        header p { margin: 0; color: var(--soft); }
        h1 { font-size: 30px; line-height: 1.2; margin: 2px 0 8px; letter-spacing: -.015em; }
        h2 { font-size: 19px; margin: 40px 0 12px; letter-spacing: -.01em; }
        h3 { font-size: 16px; margin: 0; }
        .verdict { color: var(--verdict); font-size: 18px; font-weight: 600; }
        .eyebrow { text-transform: uppercase; letter-spacing: .08em; font-size: 12px; font-weight: 600; }
        .tiles { display: grid; grid-template-columns: repeat(5, 1fr); gap: 12px; margin: 14px 0 0; }
        .tile { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 14px 18px; }
        .tile b { display: block; font-size: 27px; line-height: 1.25; font-weight: 650; letter-spacing: -.02em; }
        .tile span { color: var(--soft); font-size: 13px; }
        .card { background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 18px 22px; margin: 0 0 12px; }
        .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); } .soft { color: var(--soft); }
        .tag { display: inline-block; border-radius: 99px; padding: 1px 10px; font-size: 12px; font-weight: 600; border: 1px solid currentColor;
               white-space: nowrap; }
        table { width: 100%; border-collapse: collapse; font-size: 14px; }
        th { text-align: left; color: var(--soft); font-weight: 600; font-size: 12px; border-bottom: 1px solid var(--line); padding: 4px 10px 6px 0; }
        td { border-bottom: 1px solid var(--line); padding: 7px 10px 7px 0; vertical-align: top; }
        tr:last-child td { border-bottom: 0; }
        .n { text-align: right; white-space: nowrap; }
        td.n + td.n, th.n + th.n { padding-left: 10px; }
        code { font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", Consolas, monospace; overflow-wrap: anywhere; }
        .class { border-left: 5px solid var(--mark); }
        .class > .head { display: flex; justify-content: space-between; gap: 16px; align-items: baseline; }
        .finding { border-top: 1px solid var(--line); margin-top: 14px; padding-top: 12px; break-inside: avoid; }
        .finding .head { display: flex; gap: 12px; align-items: baseline; flex-wrap: wrap; }
        .finding .amount { margin-left: auto; font-weight: 600; }
        .story { display: grid; grid-template-columns: repeat(auto-fit, minmax(215px, 1fr)); gap: 10px; margin-top: 10px; }
        .ledger { background: var(--ground); border-radius: 4px; padding: 8px 12px; font-size: 13px; min-width: 0; }
        .ledger h4 { margin: 0 0 4px; font-size: 11px; text-transform: uppercase; letter-spacing: .06em; color: var(--soft); }
        .ledger dl { display: grid; grid-template-columns: auto 1fr; gap: 0 10px; margin: 0; }
        .ledger dt { color: var(--soft); } .ledger dd { margin: 0; overflow-wrap: anywhere; }
        .empty { color: var(--soft); font-style: italic; }
        svg { display: block; width: 100%; height: auto; } svg text { font-family: inherit; fill: var(--ink); }
        .legend { display: flex; flex-wrap: wrap; gap: 4px 18px; font-size: 13px; color: var(--soft); margin-top: 8px; }
        .legend i { display: inline-block; width: 11px; height: 11px; border-radius: 2px; margin-right: 6px; vertical-align: -1px; }
        footer { margin-top: 40px; color: var(--soft); font-size: 13px; }
        @page { size: A4; margin: 14mm 12mm; }
        @media (max-width: 720px) { .tiles { grid-template-columns: repeat(2, 1fr); } main { padding: 16px; } }
        @media print { body { background: #fff; font-size: 11.5px; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
                       main { max-width: none; padding: 0; } h2 { break-after: avoid; } .card, header { border-color: #ccd2da; }
                       thead { display: table-header-group; } tr { break-inside: avoid; } }
        """;
}
