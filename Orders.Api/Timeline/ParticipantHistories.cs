using Orders.Model.Participants;
using OrderSaga.Platform.History;

namespace Orders.Api;

/// <summary>A source whose items are missing in a timeline.</summary>
/// <param name="Source">The missing source.</param>
/// <param name="Reason">Why its items are missing.</param>
public sealed record TimelineGap(string Source, string Reason);

/// <summary>One participant's items, or why they are missing.</summary>
sealed record ParticipantHistory(IReadOnlyList<HistoryItem> Items, TimelineGap? Gap);

/// <summary>The histories of one order from the participants and the reconciler.</summary>
sealed class ParticipantHistories(OrderParticipants all)
{
    public Task<ParticipantHistory[]> Histories(Guid orderId, CancellationToken cancel) =>
        Task.WhenAll(History(all.Stock, orderId, cancel), History(all.Payment, orderId, cancel), History(all.Cases, orderId, cancel));

    static async Task<ParticipantHistory> History(ParticipantClient participant, Guid orderId, CancellationToken cancel)
    {
        var (history, unavailableReason) = await participant.Query<AuditHistory>($"/{orderId}/history", cancel);
        return history is null ? new ParticipantHistory([], new TimelineGap(participant.Name, unavailableReason!))
            : new ParticipantHistory(history.Items, history.Complete ? null
                : new TimelineGap(participant.Name, $"only its last {AuditHistory.MaxItems} items are shown"));
    }
}
