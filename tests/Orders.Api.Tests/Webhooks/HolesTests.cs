using Orders.Api.Webhooks;

namespace Orders.Api.Tests.Webhooks;

/// <summary>Ids that are missing between others.</summary>
public sealed class HolesTests
{
    [Fact]
    public void Without_a_hole_all_that_was_read_is_dealt_with()
    {
        var holes = Read(10, 11, 12, 13);
        (holes.Head, holes.DealtWith, holes.Missing.Count).ShouldBe((13, 13, 0));
    }

    [Fact]
    public void Reading_goes_on_behind_a_hole_but_is_not_dealt_with_beyond_it()
    {
        var holes = Read(10, 11, 14, 15);
        holes.Missing.ShouldBe([12, 13]);
        (holes.Head, holes.DealtWith).ShouldBe((15, 11));
        holes.Fill(12);
        holes.DealtWith.ShouldBe(12);
        holes.Fill(13);
        holes.DealtWith.ShouldBe(15);
    }

    [Fact]
    public void A_hole_is_given_up_when_it_is_older_than_any_transaction()
    {
        var holes = new Holes(10);
        holes.Pass(12, now: 100);
        holes.Pass(14, now: 200);
        holes.GiveUp(missingSince: 99);
        holes.Missing.ShouldBe([11, 13]);
        holes.GiveUp(missingSince: 100);
        (holes.Missing.Single(), holes.DealtWith).ShouldBe((13, 12));
    }

    [Fact]
    public void A_copy_changes_nothing_of_what_it_came_from()
    {
        var holes = Read(10, 12);
        var copy = holes.Copy();
        copy.Pass(20, 0);
        copy.Fill(11);
        (holes.Head, holes.DealtWith, copy.Head, copy.DealtWith).ShouldBe((12, 10, 20, 12));
    }

    [Fact]
    public void A_leap_of_a_database_s_counter_keeps_no_more_than_is_bounded()
    {
        var holes = Read(10, 1_000_000_000);
        holes.Missing.Count.ShouldBe(Holes.Most);
        holes.MayReadOn.ShouldBeFalse();
    }

    static Holes Read(long after, params long[] ids)
    {
        var holes = new Holes(after);
        foreach (var id in ids)
            holes.Pass(id, 0);
        return holes;
    }
}
