using Orders.Model;

namespace Reconciler.Job;

/// <summary>
/// Reads one order in all ledgers, now, and asks the rules about it once more. What is done to an order depends on it, so it reads the databases
/// that their owners write, never a replica.
/// </summary>
sealed class StoryCheck(PrimaryBooks books, RuleTermsSource terms)
{
    /// <summary>The order's story, and whether the rules still find the same; for one in review, whether it still is.</summary>
    public async Task<(Story Story, bool Same)> LookAgain(Guid order, string @class, string? subject)
    {
        var story = await books.Merge.Look(order);
        return (story, @class == ReviewCases.Class
            ? story.OrderIs(States.NeedsReview)
            : Rules.Check(story, await terms.Read()).Any(finding => finding.Class == @class && finding.Subject == subject));
    }
}
