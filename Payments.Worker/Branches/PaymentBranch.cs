using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OrderSaga.Contracts;
using OrderSaga.Platform.Participants;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Payments;

/// <summary>
/// Stored as text. Tried, Refused, Confirmed and Cancelled are the TCC states. In the others the branch waits for the gateway's answer or
/// for the next command.
/// </summary>
enum BranchState
{
    /// <summary>The authorization was requested; its answer is unknown.</summary>
    Trying,

    /// <summary>The customer has not paid on the gateway's page yet.</summary>
    Pending,

    /// <summary>The amount is authorized.</summary>
    Tried,

    /// <summary>The gateway declined, or was not called because the time to pay was over; nothing is held.</summary>
    Refused,

    /// <summary>The capture was requested; its answer is unknown.</summary>
    Confirming,

    /// <summary>The gateway refused the capture; the amount stays authorized until the Cancel.</summary>
    CaptureRefused,

    /// <summary>The amount is captured.</summary>
    Confirmed,

    /// <summary>The void or refund was requested; the gateway has not confirmed it.</summary>
    Cancelling,

    /// <summary>Nothing is held or taken, and a later Try is refused.</summary>
    Cancelled,
}

/// <summary>The payment branch of one order.</summary>
sealed class PaymentBranch : BranchRow<BranchState, PaymentStep>, IVersioned
{
    /// <summary>Minor units; 0 if the Cancel came before the Try, or the Try could not be used.</summary>
    public long Amount { get; private set; }

    public string Currency { get; private set; } = "";

    /// <summary><c>card</c> or <c>hosted</c>.</summary>
    public string Method { get; private set; } = "";

    /// <summary>The order's merchant; null: not known, so its calls have no limit of their own.</summary>
    public string? Merchant { get; private set; }

    /// <summary>Needed to repeat the authorization; deleted as soon as no authorization can follow.</summary>
    public string? Token { get; private set; }

    /// <summary>UTC; the end of the time to pay. No authorization is sent after it, and a hosted payment page closes.</summary>
    public DateTime? PayBefore { get; private set; }

    /// <summary>Payment page for the customer.</summary>
    public string? Url { get; private set; }

    /// <summary>
    /// The gateway that holds the authorization; while the branch is Trying, the one that was called last. Captures, voids and refunds go there
    /// and nowhere else.
    /// </summary>
    public string Gateway { get; private set; } = GatewaySettings.Main;

    public string? AuthorizationId { get; private set; }
    public string? CaptureId { get; private set; }

    /// <summary>Captured minor units, if another party captured another amount; a refund returns this amount.</summary>
    public long? CapturedAmount { get; private set; }

    /// <summary>Why the Try or the Confirm was refused.</summary>
    public string? Reason { get; private set; }

    /// <summary>
    /// A Cancel has arrived. It is answered at once if no authorization was requested or if it was declined, otherwise once the gateway has
    /// confirmed that nothing is held.
    /// </summary>
    public bool CancelRequested { get; private set; }

    /// <summary>Void or Refund; null until one has started. Each has one attempt row, which can be reopened.</summary>
    public Operation? Undo { get; private set; }

    /// <summary>The last answer to the saga, as JSON, for people; the rule makes a repeated answer from the state.</summary>
    public string? Answer { get; private set; }

    public long Version { get; set; }

    public bool Hosted => Method == FieldRules.Hosted;

    /// <summary>Amount of the operation: a refund returns what was captured.</summary>
    public long AmountOf(Operation operation) => operation == Operation.Refund ? CapturedAmount ?? Amount : Amount;

    /// <summary>True if the attempt is at a gateway whose authorization this order does not use: it can only be voided.</summary>
    public bool IsStray(PaymentAttempt attempt) => attempt.Gateway != Gateway && State != BranchState.Trying;

    /// <summary>The gateway that is called next for the authorization.</summary>
    public void TryNextAt(string gateway) => Gateway = gateway;

    /// <summary>Stores the gateway's answer about an operation.</summary>
    public void RecordGatewayAnswer(Operation operation, GatewayAnswer answer)
    {
        if (operation == Operation.Capture && answer.Result == GatewayResult.Succeeded || answer.Result == GatewayResult.Captured)
            (CaptureId, CapturedAmount) = (answer.Id, answer.Amount);
        else if (answer.Result == GatewayResult.Declined)
            Reason = operation is Operation.Authorize or Operation.Capture ? answer.Reason : Reason;
        else if (operation == Operation.Authorize)
            (AuthorizationId, Url, PayBefore) = (answer.Id, answer.Url ?? Url, answer.ExpiresAt ?? PayBefore);
    }

    protected override void Apply(PaymentStep step)
    {
        if (step.Request is { } request)
            Store(request);
        CancelRequested |= step.CancelRequested;
        Gateway = step.Gateway ?? Gateway;
        Undo = step.Call is Operation.Void or Operation.Refund ? step.Call : Undo;
        Answer = step.Answer is { } answer ? AnswerJson.Json(answer) : Answer;
        Reason = step.Answer is PaymentDeclined declined ? declined.Reason : Reason;
        Token = State == BranchState.Trying ? Token : null;
    }

    void Store(TryAuthorizePayment request)
    {
        (Amount, Currency) = (request.Amount.Amount, request.Amount.Currency);
        (Method, Token) = (request.Payment.Method, request.Payment.Token);
        Merchant = FieldRules.IsMerchant(request.Merchant) ? request.Merchant : null;
        PayBefore = WholeSeconds(request.PayBefore.ToUniversalTime());
    }

    /// <summary>Whole seconds, which every database stores, so that the same request can be repeated.</summary>
    static DateTime WholeSeconds(DateTime time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    internal static void Map(EntityTypeBuilder<PaymentBranch> row)
    {
        Map(row, "payment_branches");
        row.ToTable(table =>
        {
            table.HasCheckConstraint("ck_payment_branches_amount", "amount >= 0");
            table.HasCheckConstraint("ck_payment_branches_tried", "amount > 0 OR state = 'Cancelled'");
            table.HasCheckConstraint("ck_payment_branches_confirmed", "capture_id IS NOT NULL OR state <> 'Confirmed'");
        });
        row.Property(x => x.Amount).HasColumnName("amount");
        row.Property(x => x.Currency).HasColumnName("currency").HasMaxLength(FieldRules.CurrencyLength);
        row.Property(x => x.Method).HasColumnName("method").HasMaxLength(FieldRules.MaxMethodLength);
        row.Property(x => x.Merchant).HasColumnName("merchant").HasMaxLength(FieldRules.MaxMerchantLength);
        row.Property(x => x.Token).HasColumnName("token").HasMaxLength(FieldRules.MaxTokenLength);
        row.Property(x => x.PayBefore).HasColumnName("pay_before");
        row.Property(x => x.Url).HasColumnName("url").HasMaxLength(FieldRules.MaxPayUrlLength);
        row.Property(x => x.Gateway).HasColumnName("gateway").HasMaxLength(GatewaySettings.MaxNameLength).HasDefaultValue(GatewaySettings.Main);
        row.Property(x => x.AuthorizationId).HasColumnName("authorization_id").HasMaxLength(FieldRules.MaxGatewayIdLength);
        row.Property(x => x.CaptureId).HasColumnName("capture_id").HasMaxLength(FieldRules.MaxGatewayIdLength);
        row.Property(x => x.CapturedAmount).HasColumnName("captured_amount");
        row.Property(x => x.Reason).HasColumnName("reason").HasMaxLength(FieldRules.MaxReasonLength);
        row.Property(x => x.CancelRequested).HasColumnName("cancel_requested");
        row.Property(x => x.Undo).HasColumnName("undo").HasMaxLength(20).HasConversion<string>();
        row.Property(x => x.Answer).HasColumnName("answer");
        row.Property(x => x.Version).HasColumnName("version").IsConcurrencyToken();
        row.Ignore(x => x.Hosted);
    }
}
