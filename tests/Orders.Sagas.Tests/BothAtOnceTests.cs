namespace Orders.Sagas.Tests;

/// <summary>The flow both-at-once: the answers of stock and payment arrive in any order, twice, and with a cancellation in between.</summary>
public sealed class BothAtOnceTests
{
    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Every_order_of_the_answers_ends_right(Mode mode)
    {
        await using var rig = await Rig.Start(mode);
        var sequences = Sequences().Select(sequence => (Sequence: sequence, Order: Some.Order(OrderStates.Trying, rig.Clock.Now))).ToList();
        await rig.Put(sequences.Select(one => one.Order));
        for (var step = 0; sequences.Any(one => one.Sequence.Length > step); step++)
            await rig.Deliver([
                .. sequences.Where(one => one.Sequence.Length > step).Select(one => new Parcel(Message(one.Sequence[step], one.Order.CorrelationId))),
            ]);

        (await rig.Failed()).ShouldBeEmpty();
        foreach (var (sequence, order) in sequences)
        {
            var (end, sent) = (await rig.Order(order.CorrelationId), (await rig.Sent(order.CorrelationId)).ConvertAll(one => one.MessageType));
            (end.State, sent.Count(type => type == nameof(ConfirmPayment))).ShouldBe(
                IsPaid(sequence) ? (OrderStates.ConfirmingPayment, 1) : (OrderStates.Cancelling, 0), sequence);
            sent.ShouldBe(IsPaid(sequence) ? [nameof(ConfirmPayment)] : Cancels(sequence), ignoreOrder: true, sequence);
            (await rig.Audit(order.CorrelationId)).ShouldLeadTo(end.State, OrderStates.Trying);
        }
    }

    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task An_order_completes_with_two_messages_less(Mode mode)
    {
        await using var rig = await Rig.Start(mode, Participants.AddParticipants);
        var order = await rig.Put(OrderStates.Trying);
        await rig.Deliver(new StockReserved(order.CorrelationId), new PaymentAuthorized(order.CorrelationId));
        await rig.Becomes(order.CorrelationId, OrderStates.Completed);
        string[] commands = [nameof(TryReserveStock), nameof(TryAuthorizePayment), nameof(ConfirmPayment), nameof(ConfirmStock)];
        (await rig.Sent(order.CorrelationId)).Select(one => one.MessageType).Where(commands.Contains)
            .ShouldBe([nameof(ConfirmPayment), nameof(ConfirmStock)]);
    }

    /// <summary>The page of the payment is known, so recovery must not take it for the missing answer.</summary>
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task A_lost_reservation_is_requested_again(Mode mode)
    {
        await using var rig = await Rig.Start(mode);
        var order = await rig.Put(OrderStates.Trying);
        await rig.Deliver(new PaymentPending(order.CorrelationId, Some.PayUrl, rig.Clock.Now.AddMinutes(15)));
        var pending = await rig.Order(order.CorrelationId);
        (pending.State, pending.NextRetryAt < rig.Clock.Now).ShouldBe((OrderStates.Trying, true), "it is due as before");
        await rig.Deliver(new CheckOrder(order.CorrelationId, pending.Version));
        (await rig.Sent(order.CorrelationId)).Select(one => one.MessageType).ShouldBe([nameof(TryReserveStock), nameof(TryAuthorizePayment)]);
    }

    /// <summary>
    /// R, X: stock reserved, rejected. A, D, P: payment authorized, declined, pending. C: cancelled by the merchant. Each answer comes twice.
    /// </summary>
    static IEnumerable<string> Sequences()
    {
        foreach (var stock in "RX")
            foreach (var payment in (string[])["A", "D", "PA"])
                foreach (var answers in Interleaved($"{stock}", payment))
                    for (var at = 0; at <= answers.Length; at++)
                    {
                        var twice = string.Concat(answers.Select(answer => $"{answer}{answer}"));
                        yield return at == answers.Length ? twice : twice.Insert(2 * at, "C");
                    }
    }

    static IEnumerable<string> Interleaved(string one, string other) =>
        Enumerable.Range(0, other.Length + 1).Select(at => other.Insert(at, one));

    static bool IsPaid(string sequence) => sequence.Contains('R', StringComparison.Ordinal) && sequence.Contains('A', StringComparison.Ordinal)
        && !sequence.Contains('C', StringComparison.Ordinal);

    /// <summary>A declined payment holds nothing; everything else may.</summary>
    static string[] Cancels(string sequence) => sequence.IndexOfAny(['X', 'D', 'C']) is var first && sequence[first] == 'D'
        ? [nameof(CancelStock)] : [nameof(CancelStock), nameof(CancelPayment)];

    static IOrderMessage Message(char letter, Guid id) => letter switch
    {
        'R' => new StockReserved(id),
        'X' => new StockRejected(id, "sold out", []),
        'A' => new PaymentAuthorized(id),
        'P' => new PaymentPending(id, Some.PayUrl, DateTime.UnixEpoch.AddYears(100)),
        'D' => new PaymentDeclined(id, "no funds"),
        _ => new CancelOrder(id, "no more tea"),
    };
}
