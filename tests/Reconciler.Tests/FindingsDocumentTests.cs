using Reconciler.Job;
using Repository;

namespace Reconciler.Tests;

public sealed class FindingsDocumentTests
{
    const string Document = "docs/findings.md";
    const string Begin = "<!-- rules:begin -->\n";
    const string End = "<!-- rules:end -->";

    [Fact]
    public void The_findings_document_lists_the_rules_of_the_code()
    {
        var text = Repo.Read(Document).ReplaceLineEndings("\n");
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        if (Environment.GetEnvironmentVariable("APPROVE") == "1")
            File.WriteAllText(Repo.Path(Document), text[..begin] + Table() + text[end..]);
        else
            text[begin..end].ShouldBe(Table(), $"{Document} is not what the code does; APPROVE=1 ./test Reconciler.Tests writes it.");
    }

    static string Table() => "| class | what must be true | severity | what is done |\n|---|---|---|---|\n" + string.Concat(
        RuleTable.Rows.Select(rule => $"| `{rule.Class}` | {rule.Text} | {rule.Severity} | {Describe(rule.Remedy)} |\n"));

    static string Describe(Remedy remedy) => remedy switch
    {
        Remedy.Case => "case",
        Remedy.CancelStock => "repair: CancelStock releases the hold",
        Remedy.ConfirmStock => "repair: ConfirmStock sells the hold",
        Remedy.CancelPayment => "repair: CancelPayment voids or refunds",
        Remedy.ConfirmPayment => "repair: ConfirmPayment captures",
        _ => remedy.ToString(),
    };
}
