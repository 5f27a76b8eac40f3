using System.Text.RegularExpressions;
using Npgsql;
using Repository;

namespace Platform.Tests;

/// <summary>The queries that docs/runbook.md gives an operator run as they stand.</summary>
public sealed partial class RunbookTests
{
    [Fact]
    public async Task Every_query_of_the_runbook_runs()
    {
        Assert.SkipUnless(Mode.Postgres is not null, "It needs PostgreSQL.");
        var queries = Query().Matches(Repo.Read("docs/runbook.md")).Select(match => match.Groups["sql"].Value).ToList();
        queries.Count.ShouldBe(2);
        await using var source = NpgsqlDataSource.Create(Mode.Postgres + ";Database=postgres");
        foreach (var query in queries)
        {
            await using var command = source.CreateCommand(query);
            await using var reader = await command.ExecuteReaderAsync(TestContext.Current.CancellationToken);
        }
    }

    [GeneratedRegex("^```sql\n(?<sql>SELECT.*?)^```", RegexOptions.ExplicitCapture | RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Query();
}
