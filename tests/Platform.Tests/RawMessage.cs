using System.Net.Mime;
using System.Text;
using System.Text.Json;
using MassTransit;
using MassTransit.Serialization;

namespace Platform.Tests;

/// <summary>A raw body and id.</summary>
sealed class RawMessage(string body, Guid? id, string contentType = "application/vnd.masstransit+json") : IPipe<SendContext>, IMessageSerializer
{
    public ContentType ContentType { get; } = new(contentType);

    /// <summary>Headers that a foreign sender may set in addition to the properties.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>MassTransit's envelope around a message.</summary>
    public static RawMessage Of(string type, object message, Guid? id) => new(Envelope(type, message, id), id);

    public static string Envelope(string type, object message, Guid? id) =>
        JsonSerializer.Serialize(new { messageId = id, messageType = new[] { "urn:message:Pack:" + type }, message });

    public Task Send(SendContext context)
    {
        context.MessageId = id;
        context.Serializer = this;
        foreach (var (name, value) in Headers)
            context.Headers.Set(name, value);
        return Task.CompletedTask;
    }

    public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class => new BytesMessageBody(Encoding.UTF8.GetBytes(body));

    public void Probe(ProbeContext context) => context.CreateScope("raw");
}
