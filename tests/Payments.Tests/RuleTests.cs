using OrderSaga.Platform.Participants;

namespace OrderSaga.Payments.Tests;

/// <summary>The fence, cell by cell: the effect of each command in each state of the branch.</summary>
public sealed class RuleTests
{
    static readonly Guid Order = Some.Order();
    static readonly DateTime Now = Some.InAnHour.AddHours(-1);

    [Theory]
    [InlineData("none", "Trying + authorize")]
    [InlineData("Trying", "nothing yet")]
    [InlineData("Trying, cancel remembered", "nothing yet")]
    [InlineData("Pending", "again PaymentPending")]
    [InlineData("Tried", "again PaymentAuthorized")]
    [InlineData("Refused", "again PaymentDeclined")]
    [InlineData("Confirming", "again PaymentAuthorized")]
    [InlineData("CaptureRefused", "again PaymentAuthorized")]
    [InlineData("Confirmed", "again PaymentAuthorized")]
    [InlineData("Cancelling", "again PaymentDeclined")]
    [InlineData("Cancelled", "again PaymentDeclined")]
    public void Try_has_one_outcome_in_every_state(string state, string expected) =>
        Describe(PaymentRule.Try(Branch(state), Some.Try(Order), Now)).ShouldBe(expected);

    [Theory]
    [InlineData("none", "refused with an alarm")]
    [InlineData("Trying", "refused with an alarm")]
    [InlineData("Pending", "refused with an alarm")]
    [InlineData("Tried", "Confirming + capture")]
    [InlineData("Refused", "refused with an alarm")]
    [InlineData("Confirming", "nothing yet")]
    [InlineData("Confirming, cancel remembered", "nothing yet")]
    [InlineData("CaptureRefused", "again PaymentRefused")]
    [InlineData("Confirmed", "again PaymentConfirmed")]
    [InlineData("Cancelling", "nothing yet")]
    [InlineData("Cancelled", "again PaymentCancelled")]
    public void Confirm_has_one_outcome_in_every_state(string state, string expected) =>
        Describe(PaymentRule.Confirm(Branch(state), captureRefused: false)).ShouldBe(expected);

    /// <summary>Sent twice; the refusal and the following Cancel overtook the second one.</summary>
    [Theory]
    [InlineData("CaptureRefused")]
    [InlineData("Cancelling")]
    [InlineData("Cancelled")]
    public void A_refused_Confirm_repeats_the_refusal(string state) =>
        Describe(PaymentRule.Confirm(Branch(state), captureRefused: true)).ShouldBe("again PaymentRefused");

    [Theory]
    [InlineData("none", "Cancelled + PaymentCancelled")]
    [InlineData("Trying", "Trying, cancel remembered")]
    [InlineData("Trying, cancel remembered", "nothing yet")]
    [InlineData("Pending", "Cancelling + void")]
    [InlineData("Tried", "Cancelling + void")]
    [InlineData("Refused", "Cancelled + PaymentCancelled")]
    [InlineData("Confirming", "Confirming, cancel remembered")]
    [InlineData("Confirming, cancel remembered", "nothing yet")]
    [InlineData("CaptureRefused", "Cancelling + void")]
    [InlineData("Confirmed", "Cancelling + refund")]
    [InlineData("Cancelling", "nothing yet")]
    [InlineData("Cancelled", "again PaymentCancelled")]
    public void Cancel_has_one_outcome_in_every_state(string state, string expected) =>
        Describe(PaymentRule.Cancel(Branch(state), Some.Cancel(Order), undoDeclined: false, neverSent: false)).ShouldBe(expected);

    [Fact]
    public void Cancel_after_a_refused_void_calls_the_gateway_again() =>
        Describe(PaymentRule.Cancel(Branch("Cancelling"), Some.Cancel(Order), undoDeclined: true, neverSent: false)).ShouldBe("Cancelling + void");

    [Theory]
    [InlineData("Trying", "Tried + PaymentAuthorized", "Pending + PaymentPending", "Refused + PaymentDeclined")]
    [InlineData("Trying, cancel remembered", "Cancelling + void", "Cancelling + void", "Cancelled + PaymentCancelled")]
    [InlineData("Pending", "Tried + PaymentAuthorized", "nothing yet", "Refused + PaymentDeclined")]
    [InlineData("Tried", "nothing yet", "nothing yet", "nothing yet")]
    [InlineData("Refused", "Cancelling + void (alarm)", "nothing yet", "nothing yet")]
    [InlineData("Confirmed", "nothing yet", "nothing yet", "nothing yet")]
    [InlineData("Cancelling", "nothing yet", "nothing yet", "nothing yet")]
    [InlineData("Cancelled", "nothing yet", "nothing yet", "nothing yet")]
    [InlineData("Cancelled without a void", "Cancelling + void (alarm)", "nothing yet", "nothing yet")]
    public void Authorization_results_give_the_expected_outcome(string state, string succeeded, string pending, string declined)
    {
        ApplyAnswer(state, Operation.Authorize, GatewayResult.Succeeded).ShouldBe(succeeded);
        ApplyAnswer(state, Operation.Authorize, GatewayResult.Pending).ShouldBe(pending);
        ApplyAnswer(state, Operation.Authorize, GatewayResult.Declined).ShouldBe(declined);
    }

    [Theory]
    [InlineData("Confirming", "Confirmed + PaymentConfirmed", "CaptureRefused + PaymentRefused")]
    [InlineData("Confirming, cancel remembered", "Cancelling + refund", "Cancelling + void")]
    [InlineData("CaptureRefused", "Cancelling + refund (alarm)", "nothing yet")]
    [InlineData("Confirmed", "nothing yet", "nothing yet")]
    [InlineData("Cancelling", "Cancelling + refund (alarm)", "nothing yet")]
    [InlineData("Cancelled", "Cancelling + refund (alarm)", "nothing yet")]
    public void Capture_results_give_the_expected_outcome(string state, string succeeded, string declined)
    {
        ApplyAnswer(state, Operation.Capture, GatewayResult.Succeeded).ShouldBe(succeeded);
        ApplyAnswer(state, Operation.Capture, GatewayResult.Declined).ShouldBe(declined);
    }

    [Theory]
    [InlineData("Cancelling", "Cancelled + PaymentCancelled", "Cancelling (alarm)")]
    [InlineData("Cancelled", "nothing yet", "nothing yet")]
    public void Void_results_give_the_expected_outcome(string state, string succeeded, string declined)
    {
        ApplyAnswer(state, Operation.Void, GatewayResult.Succeeded).ShouldBe(succeeded);
        ApplyAnswer(state, Operation.Void, GatewayResult.Declined).ShouldBe(declined);
    }

    [Fact]
    public void A_second_Try_with_another_amount_raises_an_alarm() =>
        Describe(PaymentRule.Try(Branch("Tried"), Some.Try(Order) with { Amount = new Money(1, "EUR") }, Now)).ShouldBe("refused with an alarm");

    [Fact]
    public void An_expired_hosted_payment_is_refused_without_a_call() =>
        Describe(PaymentRule.Try(null, Some.Hosted(Order), Some.InAnHour)).ShouldBe("Refused + PaymentDeclined");

    public static TheoryData<TryAuthorizePayment> Unusable() => new(
        Some.Try(Order) with { Amount = new Money(0, "EUR") },
        Some.Try(Order) with { Amount = new Money(-1, "EUR") },
        Some.Try(Order) with { Amount = new Money(1, "EURO") },
        Some.Try(Order) with { Amount = null! },
        Some.Try(Order) with { Payment = null! },
        Some.Try(Order, ""),
        Some.Try(Order, new string('x', 256)),
        Some.Try(Order, "tok en"),
        Some.Try(Order, "4111-1111-1111-1111"),
        Some.Try(Order) with { Amount = new Money(100_000_000_001, "EUR") },
        Some.Try(Order) with { Amount = new Money(1, "XXX") },
        Some.Hosted(Order) with { Payment = new PaymentInstruction("hosted", "tok_ok") },
        Some.Try(Order) with { Payment = new PaymentInstruction("cash") });

    [Theory, MemberData(nameof(Unusable), DisableDiscoveryEnumeration = true)]
    public void A_Try_that_no_gateway_accepts_is_declined(TryAuthorizePayment message) =>
        Describe(PaymentRule.Try(null, message, Now)).ShouldBe("Cancelled + PaymentDeclined");

    static string ApplyAnswer(string state, Operation operation, GatewayResult result) =>
        Describe(PaymentRule.Answered(Branch(state)!, operation, new GatewayAnswer(result, "id", "no", result == GatewayResult.Pending
            ? "https://pay/1" : null)));

    [Fact]
    public void A_payment_without_a_page_is_declined_and_voided() =>
        Describe(PaymentRule.Answered(Branch("Trying")!, Operation.Authorize, new GatewayAnswer(GatewayResult.Pending, "id")))
            .ShouldBe("Cancelling + void + PaymentDeclined (alarm)");

    /// <summary>A branch that has reached the state by legal steps.</summary>
    static PaymentBranch? Branch(string state)
    {
        if (state == "none")
            return null;
        var branch = new PaymentBranch { OrderId = Order, CreatedAt = Now };
        branch.Transition(new PaymentStep(BranchState.Trying, Request: Some.Try(Order)), Now);
        if (state.StartsWith("Cancel", StringComparison.Ordinal) && state != "Cancelled without a void")
            branch.Transition(new PaymentStep(BranchState.Cancelling, Call: Operation.Void, CancelRequested: true), Now);
        var cancel = state.EndsWith("remembered", StringComparison.Ordinal) || state.StartsWith("Cancelled", StringComparison.Ordinal);
        branch.Transition(new PaymentStep(Enum.Parse<BranchState>(state.Split(',', ' ')[0]), CancelRequested: cancel), Now);
        return branch;
    }

    static string Describe(Outcome outcome) => outcome switch
    {
        Outcome.Violation => "refused with an alarm",
        Outcome.Repeat { Answer: null } => "nothing yet",
        Outcome.Repeat repeat => $"again {repeat.Answer!.GetType().Name}",
        PaymentStep { Call: null, Answer: null, CancelRequested: true } step => $"{step.To}, cancel remembered",
        PaymentStep step => step.To + (step.Call is { } call ? $" + {PaymentAttempt.Name(call)}" : "")
            + (step.Answer is { } answer ? $" + {answer.GetType().Name}" : "") + (step.Alarm ? " (alarm)" : ""),
        _ => throw new ArgumentOutOfRangeException(nameof(outcome)),
    };
}
