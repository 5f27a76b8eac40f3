using System.Text.Json;
using OrderSaga.Platform.Common;

namespace OrderSaga.Sandbox;

/// <summary>JSON of an operation.</summary>
sealed record GatewayAnswer(
    string Id, string Operation, string Status, string? Reason, string AuthorizationId, long Amount, string Currency, string Reference,
    string IdempotencyKey, string? Url, DateTime? ExpiresAt, DateTime At)
{
    public static GatewayAnswer Of(GatewayOperation x) =>
        new(x.Id, x.Operation, x.Status, x.Reason, x.AuthorizationId, x.Amount, x.Currency, x.Reference, x.IdempotencyKey, x.Url, x.ExpiresAt, x.At);

    public static GatewayOperation Authorization(Authorize command, Verdict verdict, string id, DateTime now) => Answered(new GatewayOperation
    {
        Id = id,
        Operation = Operations.Authorize,
        Status = verdict.Status,
        Reason = verdict.Reason,
        AuthorizationId = id,
        Amount = command.Request.Amount!.Value,
        Currency = command.Request.Currency!,
        Reference = command.Request.Reference!,
        Token = command.Request.Token,
        IdempotencyKey = command.Key,
        RequestHash = command.Hash,
        Url = command.Request.Hosted ? command.PayBase + id : null,
        ExpiresAt = command.Request.ExpiresAt,
        At = now,
    });

    /// <summary>Stands in the place of an authorization that was never requested.</summary>
    public static GatewayOperation Closed(CloseKey command, string id, DateTime now) => Answered(new GatewayOperation
    {
        Id = id,
        Operation = Operations.Authorize,
        Status = Statuses.Closed,
        Reason = "closed before it was requested",
        AuthorizationId = id,
        Amount = command.Request.Amount!.Value,
        Currency = command.Request.Currency!,
        Reference = command.Request.Reference!,
        IdempotencyKey = command.Key,
        RequestHash = command.Hash,
        At = now,
    });

    public static GatewayOperation Step(Modification step, Verdict verdict, GatewayOperation target, string id, DateTime now) =>
        Answered(new GatewayOperation
        {
            Id = id,
            Operation = step.Operation,
            Status = verdict.Status,
            Reason = verdict.Reason,
            AuthorizationId = target.AuthorizationId,
            Amount = target.Amount,
            Currency = target.Currency,
            Reference = target.Reference,
            IdempotencyKey = step.Key,
            RequestHash = step.Hash,
            At = now,
        });

    static GatewayOperation Answered(GatewayOperation operation)
    {
        operation.AnswerStatus = operation.Status == Statuses.Declined ? StatusCodes.Status402PaymentRequired : StatusCodes.Status201Created;
        operation.Answer = JsonSerializer.Serialize(Of(operation), WebJson.Options);
        return operation;
    }
}
