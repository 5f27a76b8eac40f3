using Orders.Model;

namespace Reconciler.Job;

/// <summary>
/// Reads one order in all ledgers now and applies the rules again. Actions depend on the result, so it reads primaries, never replicas.
/// </summary>
sealed class StoryCheck(PrimaryBooks books, RuleTermsSource terms)
{
    /// <summary>Returns the order, and whether the rules find the same discrepancy; for one in review, whether it still is.</summary>
    public async Task<(Story Story, bool Same)> LookAgain(Guid order, string @class, string? subject)
    {
        var story = await books.Merge.Look(order);
        return (story, @class == ReviewCases.Class
            ? story.OrderIs(States.NeedsReview)
            : Rules.Check(story, await terms.Read()).Any(finding => finding.Class == @class && finding.Subject == subject));
    }
}
