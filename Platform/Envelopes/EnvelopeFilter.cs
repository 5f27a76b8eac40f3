using System.Diagnostics;
using MassTransit;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Envelopes;

/// <summary>
/// Unpacks an envelope: later filters see each message as if it had arrived alone, and each can fail alone. The envelope is acknowledged
/// when all its messages are done. Other bodies pass unchanged.
/// </summary>
sealed class EnvelopeFilter : IFilter<ReceiveContext>
{
    public Task Send(ReceiveContext context, IPipe<ReceiveContext> next) => Envelope.TryRead(context) is { } messages
        ? Task.WhenAll(messages.Select(message => SendOne(new EnvelopeReceiveContext(context, message), next)))
        : next.Send(context);

    public void Probe(ProbeContext context) => context.CreateFilterScope("unpack");

    static async Task SendOne(EnvelopeReceiveContext inside, IPipe<ReceiveContext> next)
    {
        using var activity = Continue(inside.Message);
        await next.Send(inside);
    }

    /// <summary>Continues the sender's trace, even if this process does not export it.</summary>
    static Activity? Continue(EnvelopeMessage message)
    {
        if (message.TraceParent is not { } parent)
            return null;
        // A foreign envelope may omit the type: then no consumer accepts the message, and it is stored as failed.
        var name = "consume " + message.SupportedMessageTypes.FirstOrDefault("").Split(':')[^1];
        return Instruments.Source.StartActivity(name, ActivityKind.Consumer, parent) ?? new Activity(name).SetParentId(parent).Start();
    }
}

public static class EnvelopeSetup
{
    /// <summary>Unpacks envelopes at an endpoint that no service set up.</summary>
    public static void UseEnvelopes(this IReceiveEndpointConfigurator endpoint) => endpoint.ConfigureReceive(pipe => pipe.UseFilter(new EnvelopeFilter()));
}
