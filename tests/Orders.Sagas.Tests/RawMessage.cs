using System.Net.Mime;
using MassTransit;
using MassTransit.Serialization;

namespace Orders.Sagas.Tests;

/// <summary>A body from a sender without MassTransit: plain JSON, no id.</summary>
sealed class RawMessage(string body, string contentType = "application/json") : IPipe<SendContext>, IMessageSerializer
{
    public ContentType ContentType { get; } = new(contentType);

    public Task Send(SendContext context)
    {
        context.Serializer = this;
        return Task.CompletedTask;
    }

    public MessageBody GetMessageBody<T>(SendContext<T> context) where T : class => new StringMessageBody(body);

    public void Probe(ProbeContext context) => context.CreateScope("raw");
}
