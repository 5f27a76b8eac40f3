using Orders.Model.Participants;
using OrderSaga.Platform.History;

namespace Orders.Api;

/// <summary>What is missing in a timeline.</summary>
/// <param name="Source">Whose items.</param>
/// <param name="Reason">Why they are not there.</param>
public sealed record TimelineGap(string Source, string Reason);

/// <summary>What one participant told, or why it did not.</summary>
sealed record Told(IReadOnlyList<HistoryItem> Items, TimelineGap? Gap);

/// <summary>The histories of all that have a part in an order: the participants, and who looks after what went wrong.</summary>
sealed class Participants(OrderParticipants all)
{
    public Task<Told[]> Histories(Guid orderId, CancellationToken cancel) =>
        Task.WhenAll(History(all.Stock, orderId, cancel), History(all.Payment, orderId, cancel), History(all.Cases, orderId, cancel));

    static async Task<Told> History(Participant participant, Guid orderId, CancellationToken cancel)
    {
        var (history, silence) = await participant.Ask<AuditHistory>($"/{orderId}/history", cancel);
        return history is null ? new Told([], new TimelineGap(participant.Name, silence!))
            : new Told(history.Items, history.Complete ? null : new TimelineGap(participant.Name, $"only its last {AuditHistory.MostItems} items are here"));
    }
}
