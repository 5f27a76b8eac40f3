namespace OrderSaga.Platform.Http;

/// <summary>A kind of problem (RFC 9457). Programs react to the type, people read the detail.</summary>
public sealed class ProblemType
{
    internal ProblemType(string name, int status, string title) => (Name, Status, Title) = (name, status, title);

    /// <summary>The last part of the URI, e.g. <c>unknown-sku</c>; on the bus the code of a rejection.</summary>
    public string Name { get; }

    /// <summary>HTTP status, 400 to 599.</summary>
    public int Status { get; }

    /// <summary>The same sentence for every problem of this type.</summary>
    public string Title { get; }

    public string Uri => "https://ordersaga.dev/problems/" + Name;
}

/// <summary>Every problem type. No other code names one; docs/problems.md lists them.</summary>
public static class ProblemTypes
{
    // Any call.
    public static readonly ProblemType InvalidRequest = new("invalid-request", 400, "The request could not be read.");
    public static readonly ProblemType UnknownParameter = new("unknown-parameter", 400, "A query parameter is unknown.");
    public static readonly ProblemType InvalidParameter = new("invalid-parameter", 400, "A query parameter is invalid.");
    public static readonly ProblemType InvalidCursor = new("invalid-cursor", 400, "The cursor is invalid.");
    public static readonly ProblemType InvalidId = new("invalid-id", 400, "The id is invalid.");
    public static readonly ProblemType InvalidDeadline = new("invalid-deadline", 400, "The header Request-Deadline is invalid.");
    public static readonly ProblemType Unauthorized = new("unauthorized", 401, "Authentication failed.");
    public static readonly ProblemType Forbidden = new("forbidden", 403, "The API key lacks the required role.");
    public static readonly ProblemType RouteNotFound = new("route-not-found", 404, "Not found.");
    public static readonly ProblemType MethodNotAllowed = new("method-not-allowed", 405, "Method not allowed.");
    public static readonly ProblemType TooManyRequests = new("too-many-requests", 429, "Too many requests.");
    public static readonly ProblemType Internal = new("internal", 500, "Internal error.");
    public static readonly ProblemType DatabaseUnavailable = new("database-unavailable", 503, "The database is temporarily unavailable.");
    public static readonly ProblemType KeysUnavailable = new("keys-unavailable", 503, "The API keys are temporarily unavailable.");
    public static readonly ProblemType Stopping = new("stopping", 503, "This process is stopping.");
    public static readonly ProblemType Deadline = new("deadline", 504, "The time of the request is over.");

    // Calls with a body.
    public static readonly ProblemType NoBody = new("no-body", 400, "The request has no body.");
    public static readonly ProblemType InvalidJson = new("invalid-json", 400, "The body is not valid JSON.");
    public static readonly ProblemType UnknownMember = new("unknown-member", 400, "The body has an unknown member.");
    public static readonly ProblemType DuplicateMember = new("duplicate-member", 400, "The body has a member twice.");
    public static readonly ProblemType WrongType = new("wrong-type", 400, "A value in the body has the wrong type.");
    public static readonly ProblemType BodyTooLarge = new("body-too-large", 413, "The body is too large.");
    public static readonly ProblemType MediaType = new("media-type", 415, "The media type is not supported.");
    public static readonly ProblemType Charset = new("charset", 415, "The charset is not supported.");
    public static readonly ProblemType ContentEncoding = new("content-encoding", 415, "The content encoding is not supported.");

    // Conditions and repeats.
    public static readonly ProblemType InvalidPrecondition = new("invalid-precondition", 400, "A precondition header is invalid.");
    public static readonly ProblemType PreconditionFailed = new("precondition-failed", 412, "A precondition failed.");
    public static readonly ProblemType PreconditionRequired = new("precondition-required", 428, "The call needs an entity tag in the header If-Match.");
    public static readonly ProblemType InvalidIdempotencyKey =
        new("invalid-idempotency-key", 400, "The idempotency key is missing or invalid.");
    public static readonly ProblemType IdempotencyKeyReused =
        new("idempotency-key-reused", 422, "The idempotency key was used for another request.");

    // Orders and the price list.
    public static readonly ProblemType InvalidMerchant = new("invalid-merchant", 400, "The merchant is invalid.");
    public static readonly ProblemType InvalidOrder = new("invalid-order", 400, "The order is invalid.");
    public static readonly ProblemType InvalidReason = new("invalid-reason", 400, "The reason is invalid.");
    public static readonly ProblemType OrderNotFound = new("order-not-found", 404, "Order not found.");
    public static readonly ProblemType TooLateToCancel = new("too-late-to-cancel", 409, "It is too late to cancel the order.");
    public static readonly ProblemType UnknownSku = new("unknown-sku", 422, "A sku is not in the price list.");
    public static readonly ProblemType UnknownClass = new("unknown-class", 422, "The order class is unknown.");
    public static readonly ProblemType CurrencyDiffers = new("currency-differs", 422, "A sku is priced in another currency.");
    public static readonly ProblemType PriceChanged = new("price-changed", 422, "The total differs from the one shown to the customer.");
    public static readonly ProblemType TotalTooLarge = new("total-too-large", 422, "The order's total is too large.");
    public static readonly ProblemType TooManyOrders = new("too-many-orders", 429, "Too many orders are in progress.");
    public static readonly ProblemType TooManyUnpaidOrders = new("too-many-unpaid-orders", 429, "The merchant has too many unpaid orders.");
    public static readonly ProblemType InvalidSku = new("invalid-sku", 400, "The sku is invalid.");
    public static readonly ProblemType InvalidProduct = new("invalid-product", 400, "The product is invalid.");
    public static readonly ProblemType ProductNotFound = new("product-not-found", 404, "Product not found.");
    public static readonly ProblemType PricesUnavailable = new("prices-unavailable", 503, "The price list is temporarily unavailable.");

    // Webhooks.
    public static readonly ProblemType InvalidUrl = new("invalid-url", 400, "The URL is invalid.");
    public static readonly ProblemType WebhookSignature = new("webhook-signature", 401, "The webhook's signature is invalid.");
    public static readonly ProblemType EndpointNotFound = new("endpoint-not-found", 404, "Endpoint not found.");
    public static readonly ProblemType DeliveryNotFound = new("delivery-not-found", 404, "Delivery not found.");
    public static readonly ProblemType EndpointExists = new("endpoint-exists", 409, "The URL is already registered.");
    public static readonly ProblemType EndpointDisabled = new("endpoint-disabled", 409, "The endpoint is disabled.");
    public static readonly ProblemType TooManyEndpoints = new("too-many-endpoints", 409, "The merchant has too many endpoints.");

    // Participants.
    public static readonly ProblemType InvalidReceipt = new("invalid-receipt", 400, "The receipt is invalid.");
    public static readonly ProblemType StockNotFound = new("stock-not-found", 404, "The sku has no stock record.");
    public static readonly ProblemType BranchNotFound = new("branch-not-found", 404, "This participant has no branch of the order.");
    public static readonly ProblemType ReceiptIdReused = new("receipt-id-reused", 422, "The receipt id was used for other goods.");

    // Operators' calls.
    public static readonly ProblemType FailedMessageNotFound = new("failed-message-not-found", 404, "Failed message not found.");
    public static readonly ProblemType ParkedRowNotFound = new("parked-row-not-found", 404, "Parked outbox row not found.");
    public static readonly ProblemType NotReplayed =
        new("not-replayed", 503, "The message could not be sent: the broker is unavailable or the queue does not exist.");
    public static readonly ProblemType SwitchNotFound = new("switch-not-found", 404, "Switch not found.");
    public static readonly ProblemType InvalidSwitchRules = new("invalid-switch-rules", 400, "The rules are invalid.");
    public static readonly ProblemType InvalidRun = new("invalid-run", 400, "The requested run is invalid.");
    public static readonly ProblemType RunNotFound = new("run-not-found", 404, "Run not found.");
    public static readonly ProblemType FormatNotOffered = new("format-not-offered", 406, "The report is not available in this format.");
    public static readonly ProblemType RunInProgress = new("run-in-progress", 409, "Another run is in progress.");
    public static readonly ProblemType InvalidAssignee = new("invalid-assignee", 400, "The assignee is missing or too long.");
    public static readonly ProblemType CaseNotFound = new("case-not-found", 404, "Case not found.");
    public static readonly ProblemType AcceptedNotFound = new("accepted-not-found", 404, "Accepted difference not found.");
    public static readonly ProblemType ActionRefused = new("action-refused", 409, "The action is not possible now.");
    public static readonly ProblemType SettlementDate = new("settlement-date", 400, "The settlement day is invalid.");
    public static readonly ProblemType SettlementReplacement = new("settlement-replacement", 400, "The replacement is invalid.");
    public static readonly ProblemType SettlementNotFound = new("settlement-not-found", 404, "Settlement file not found.");
    public static readonly ProblemType SettlementChanged = new("settlement-changed", 409, "The day has another settlement file.");
    public static readonly ProblemType SettlementRefused = new("settlement-refused", 422, "The settlement file is invalid.");

    // The sandbox gateway.
    public static readonly ProblemType CrossSite = new("cross-site", 403, "The form came from another site.");
    public static readonly ProblemType UnknownOperation = new("unknown-operation", 404, "Operation not found.");
    public static readonly ProblemType AuthorizationPending = new("authorization-pending", 409, "The authorization is pending.");
    public static readonly ProblemType AuthorizationDeclined = new("authorization-declined", 409, "The authorization is declined.");
    public static readonly ProblemType AuthorizationExpired = new("authorization-expired", 409, "The authorization is expired.");
    public static readonly ProblemType KeyClosed = new("key-closed", 409, "The idempotency key was closed before it was used.");
    public static readonly ProblemType AuthorizationVoided = new("authorization-voided", 409, "The authorization is voided.");
    public static readonly ProblemType AlreadyCaptured = new("already-captured", 409, "The authorization is already captured.");
    public static readonly ProblemType AlreadyRefunded = new("already-refunded", 409, "The capture is already refunded.");
    public static readonly ProblemType CaptureDeclined = new("capture-declined", 409, "The capture was declined.");
    public static readonly ProblemType InvalidAuthorization = new("invalid-authorization", 422, "The authorization request is invalid.");
    public static readonly ProblemType UnknownCard = new("unknown-card", 422, "The card is unknown.");
    public static readonly ProblemType PartialAmount = new("partial-amount", 422, "Only the full amount can be captured or refunded.");

    /// <summary>A status that the server itself answers, e.g. 408 for a body that arrives too slowly.</summary>
    public static ProblemType Other(int status) => new($"status-{status}", status, "The request was not handled.");
}
