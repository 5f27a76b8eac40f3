namespace Reconciler.Job.Tests;

/// <summary>Assurance goes at the system's own pace.</summary>
public sealed class UnderwayTests
{
    static readonly DateTime Start = new(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    static readonly Guid Order = new("01a20278-5a4e-7adc-bb31-9d0392fac919");

    readonly Underway underway = new(new AssuranceSettings { AskAgainSeconds = 10 });

    [Fact]
    public void What_was_asked_for_is_not_asked_again_until_it_may_have_been_lost()
    {
        underway.Has(Order, 1, Start).ShouldBeFalse("nothing was asked");
        underway.Add(Order, 1, Start);
        underway.Has(Order, 1, Start.AddSeconds(9)).ShouldBeTrue();
        underway.Has(Order, 1, Start.AddSeconds(10)).ShouldBeFalse();
    }

    [Fact]
    public void An_order_that_has_moved_is_asked_for_anew()
    {
        underway.Add(Order, 1, Start);
        underway.Has(Order, 2, Start.AddSeconds(1)).ShouldBeFalse();
    }

    [Fact]
    public void What_is_overdue_no_more_is_forgotten()
    {
        underway.Add(Order, 1, Start);
        underway.Keep(new HashSet<Guid>());
        underway.Has(Order, 1, Start.AddSeconds(1)).ShouldBeFalse();
    }
}
