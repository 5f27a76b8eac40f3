using Repository;

namespace Tidy.Tests;

/// <summary>The table of fail points, from which the fault run chooses, lists exactly those in the source.</summary>
public sealed class FailPointTests
{
    [Fact]
    public void The_documented_fail_points_match_the_source() =>
        FailPoints.Listed.Select(row => row.Name).Order(StringComparer.Ordinal).ShouldBe(FailPoints.InSource());

    [Fact]
    public void Each_fail_point_names_existing_processes() =>
        FailPoints.Listed.SelectMany(row => row.Processes).Where(process => !Repo.Exists($"{process}/Program.cs")).ShouldBeNone();

    [Fact]
    public void The_fail_point_table_is_read_row_by_row() =>
        FailPoints.Read("## Fail points\n| in | points | it dies |\n|---|---|---|\n| A.B, C.D | `x.y`, `x.z` | then |\n## Next\n| A.B | `no` |\n")
            .Select(row => $"{string.Join('+', row.Processes)} {row.Name}").ShouldBe(["A.B+C.D x.y", "A.B+C.D x.z"]);
}
