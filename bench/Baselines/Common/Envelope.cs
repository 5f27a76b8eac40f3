namespace OrderSaga.Bench;

/// <summary>A message in an outbox row, as long as the envelope that the bus would write.</summary>
sealed record Envelope(Guid Id, string Type, string Destination, string Body)
{
    const string Host = """
        {"machineName":"bench","processName":"bench","processId":1,"assembly":"bench","assemblyVersion":"1.0.0.0","frameworkVersion":"10.0.0",
        "massTransitVersion":"8.5.12.0","operatingSystemVersion":"Unix"}
        """;

    public static Envelope Of(string type, string destination, Guid id, TrialOrder order, string content = "") => new(id, type, destination,
        $$"""
        {"messageId":"{{id}}","requestId":null,"correlationId":"{{order.Id}}","conversationId":"{{order.Id}}","initiatorId":null,
        "sourceAddress":"rabbitmq://localhost/bench/orders","destinationAddress":"{{destination}}","responseAddress":null,"faultAddress":null,
        "messageType":["urn:message:OrderSaga.Contracts:{{type}}","urn:message:OrderSaga.Contracts:IOrderMessage"],
        "message":{"orderId":"{{order.Id}}"{{content}}},"expirationTime":null,"sentTime":"2026-01-31T12:00:00.0000000Z","headers":{},"host":{{Host}}}
        """);
}
