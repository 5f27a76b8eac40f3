using OrderSaga.Platform.Database;

namespace Platform.Tests;

/// <summary>Gaps in a sequence of ids.</summary>
public sealed class SequenceGapsTests
{
    [Fact]
    public void Without_a_gap_all_read_events_are_processed()
    {
        var gaps = Read(10, 11, 12, 13);
        (gaps.Head, gaps.Resolved, gaps.Missing.Count).ShouldBe((13, 13, 0));
    }

    [Fact]
    public void Reading_continues_past_a_gap_but_processing_waits()
    {
        var gaps = Read(10, 11, 14, 15);
        gaps.Missing.ShouldBe([12, 13]);
        (gaps.Head, gaps.Resolved).ShouldBe((15, 11));
        gaps.Fill(12);
        gaps.Resolved.ShouldBe(12);
        gaps.Fill(13);
        gaps.Resolved.ShouldBe(15);
    }

    [Fact]
    public void A_gap_older_than_any_transaction_is_skipped()
    {
        var gaps = new SequenceGaps(10);
        gaps.Pass(12, now: 100);
        gaps.Pass(14, now: 200);
        gaps.GiveUp(missingSince: 99);
        gaps.Missing.ShouldBe([11, 13]);
        gaps.GiveUp(missingSince: 100);
        (gaps.Missing.Single(), gaps.Resolved).ShouldBe((13, 12));
    }

    [Fact]
    public void Changing_a_copy_leaves_the_original_unchanged()
    {
        var gaps = Read(10, 12);
        var copy = gaps.Copy();
        copy.Pass(20, 0);
        copy.Fill(11);
        (gaps.Head, gaps.Resolved, copy.Head, copy.Resolved).ShouldBe((12, 10, 20, 12));
    }

    [Fact]
    public void A_sequence_jump_keeps_a_bounded_number_of_gaps()
    {
        var gaps = Read(10, 1_000_000_000);
        gaps.Missing.Count.ShouldBe(SequenceGaps.MaxGaps);
        gaps.CanReadOn.ShouldBeFalse();
    }

    static SequenceGaps Read(long after, params long[] ids)
    {
        var gaps = new SequenceGaps(after);
        foreach (var id in ids)
            gaps.Pass(id, 0);
        return gaps;
    }
}
