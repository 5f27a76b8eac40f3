using Repository;

namespace Tidy.Tests;

/// <summary>What the fault run kills at is all that there is: the table is its list.</summary>
public sealed class FailPointTests
{
    [Fact]
    public void Every_fail_point_of_the_source_is_listed_and_no_other() =>
        FailPoints.Listed.Select(row => row.Name).Order(StringComparer.Ordinal).ShouldBe(FailPoints.InSource());

    [Fact]
    public void Each_names_processes_that_exist() =>
        FailPoints.Listed.SelectMany(row => row.Processes).Where(process => !Repo.Exists($"{process}/Program.cs")).ShouldBeNone();

    [Fact]
    public void The_table_is_read_row_by_row() =>
        FailPoints.Read("## Fail points\n| in | points | it dies |\n|---|---|---|\n| A.B, C.D | `x.y`, `x.z` | then |\n## Next\n| A.B | `no` |\n")
            .Select(row => $"{string.Join('+', row.Processes)} {row.Name}").ShouldBe(["A.B+C.D x.y", "A.B+C.D x.z"]);
}
