using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using System.Security.Cryptography;
using System.Text;
using MassTransit;
using OrderSaga.Platform.Common;
using RabbitMQ.Client;

namespace OrderSaga.Platform.Rabbit;

/// <summary>
/// Who sent a message, and whether that user may send it. Each process publishes with its broker user in the property user-id, and the
/// broker refuses any other name there.
/// </summary>
public sealed class Senders
{
    /// <summary>
    /// The user that sent a message which is now sent again. Believed only from this process's user and from the one that returns messages.
    /// </summary>
    internal const string Header = "ordersaga-sender";

    readonly string? own;
    readonly string? returner;
    readonly FrozenDictionary<string, FrozenSet<string>> allowed;

    /// <param name="own">The broker user of this process; null without a broker.</param>
    /// <param name="prefix">What the names of the services' users begin with.</param>
    /// <param name="returner">The service that returns what the broker removed from a queue.</param>
    /// <param name="allowed">The services that may send a message type; a type that is missing may be sent by anyone.</param>
    internal Senders(string? own, string prefix, string? returner, IReadOnlyDictionary<Type, IReadOnlyList<string>> allowed)
    {
        (this.own, this.returner) = (own, returner is null ? null : prefix + returner);
        // MassTransit compares type names without case.
        this.allowed = allowed.ToFrozenDictionary(rule => MessageUrn.ForTypeString(rule.Key),
            rule => rule.Value.Select(service => prefix + service).ToFrozenSet(StringComparer.Ordinal), StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The broker user that sent the message, empty if it set no user-id. Null: this process, or one with the same user.</summary>
    public string? Of(ReceiveContext context)
    {
        if (own is null)
            return null;
        var sender = context.TryGetPayload(out RabbitMqBasicConsumeContext? delivery) ? Of(delivery.Properties) : "";
        return sender == own ? null : sender;
    }

    /// <summary>The user that sent a message with these properties; empty if it set no user-id.</summary>
    internal string Of(IReadOnlyBasicProperties properties)
    {
        var user = properties.UserId ?? "";
        return (user == own || user == returner) && properties.Headers?.TryGetValue(Header, out var first) == true && first is byte[] name
            ? Encoding.UTF8.GetString(name) : user;
    }

    /// <summary>
    /// The id of the message in the inbox. Each sender outside has ids of its own: one that uses another's must not make us skip its messages.
    /// </summary>
    internal Guid? InboxIdOf(ConsumeContext context)
    {
        if (context.MessageId is not { } id || Of(context.ReceiveContext) is not { } sender)
            return context.MessageId;
        return new Guid(SHA256.HashData([.. id.ToByteArray(), .. Encoding.UTF8.GetBytes(sender)]).AsSpan(0, 16));
    }

    /// <summary>Every type that the message claims must be one that its sender may send.</summary>
    internal bool MaySend(string? sender, IEnumerable<string> types)
    {
        if (sender is null || allowed.Count == 0)
            return true;
        var isTyped = false;
        foreach (var type in types)
        {
            isTyped = true;
            if (allowed.TryGetValue(type, out var users) && !users.Contains(sender))
                return false;
        }

        // MassTransit gives plain JSON without a type to the consumers of every type.
        return isTyped;
    }
}

/// <summary>The message's type belongs to another sender.</summary>
sealed class SenderRefusedException(string message) : Exception(message);

/// <summary>Refuses a message that its sender may not send; it is stored as failed. A replay does not change its sender.</summary>
sealed class SenderFilter(string endpoint, Senders senders) : IFilter<ConsumeContext>
{
    static readonly Counter<long> Refused = Instruments.Meter.CreateCounter<long>(
        "ordersaga.messages.refused", "{message}", "Messages that their sender may not send: alarm on any");

    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var sender = senders.Of(context.ReceiveContext);
        if (senders.MaySend(sender, context.SupportedMessageTypes))
            return next.Send(context);
        Refused.Add(1, new KeyValuePair<string, object?>("endpoint", endpoint));
        throw new SenderRefusedException(sender!.Length == 0
            ? "The message has no user-id, so its sender is unknown." : $"The broker user {sender} may not send a message of this type.");
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("sender");
}
