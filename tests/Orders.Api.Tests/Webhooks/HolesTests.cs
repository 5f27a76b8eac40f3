using Orders.Api.Webhooks;

namespace Orders.Api.Tests.Webhooks;

/// <summary>Gaps in a sequence of ids.</summary>
public sealed class HolesTests
{
    [Fact]
    public void Without_a_gap_all_read_events_are_processed()
    {
        var holes = Read(10, 11, 12, 13);
        (holes.Head, holes.DealtWith, holes.Missing.Count).ShouldBe((13, 13, 0));
    }

    [Fact]
    public void Reading_continues_past_a_gap_but_processing_waits()
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
    public void A_gap_older_than_any_transaction_is_skipped()
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
    public void Changing_a_copy_leaves_the_original_unchanged()
    {
        var holes = Read(10, 12);
        var copy = holes.Copy();
        copy.Pass(20, 0);
        copy.Fill(11);
        (holes.Head, holes.DealtWith, copy.Head, copy.DealtWith).ShouldBe((12, 10, 20, 12));
    }

    [Fact]
    public void A_sequence_jump_keeps_a_bounded_number_of_gaps()
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
