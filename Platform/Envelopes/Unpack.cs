using System.Diagnostics;
using MassTransit;

namespace OrderSaga.Platform.Envelopes;

/// <summary>
/// Takes an envelope apart: to what follows, each message inside comes as if it had come alone, with its own way to the
/// failed-message store. The envelope is acknowledged when all of them are done. What is no envelope goes on as it is.
/// </summary>
sealed class Unpack : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => Envelope.TryRead(context) is { } messages
        ? Task.WhenAll(messages.Select(message => SendOne(new ReceivedInside(context, message), next)))
        : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("unpack");

    static async Task SendOne(ReceivedInside inside, IPipe<ReceiveContext> next)
    {
        using var activity = Continue(inside.Message);
        await next.Send(inside);
    }

    /// <summary>The trace goes on, whether this process exports it or not.</summary>
    static Activity? Continue(MessageInside message)
    {
        if (message.TraceParent is not { } parent)
            return null;
        // A foreign envelope may leave the type out: then no consumer takes the message, and it is stored as failed.
        var name = "consume " + message.SupportedMessageTypes.FirstOrDefault("").Split(':')[^1];
        return Instruments.Source.StartActivity(name, ActivityKind.Consumer, parent) ?? new Activity(name).SetParentId(parent).Start();
    }
}

public static class EnvelopeSetup
{
    /// <summary>Takes envelopes apart at an endpoint that is not made by <see cref="MessagingSetup"/>.</summary>
    public static void TakeEnvelopes(this IReceiveEndpointConfigurator endpoint) => endpoint.ConfigureReceive(pipe => pipe.UseFilter(new Unpack()));
}
