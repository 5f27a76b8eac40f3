using System.Collections.Concurrent;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Contracts;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Processing;

namespace Testing;

/// <summary>A participant's whole service; collects its answers to the saga.</summary>
public abstract class ParticipantHost<TDb>(Installation installation, string commandQueue, IInterceptor[] interceptors, bool owned = false)
    : ServiceHost<TDb>(installation, owned) where TDb : ServiceDb
{
    readonly ConcurrentQueue<IOrderMessage> answers = [];
    ISendEndpoint? queue;

    public IReadOnlyCollection<IOrderMessage> Answers => answers;

    /// <summary>Sends a command; the same message id makes it a duplicate.</summary>
    public Task Send(IOrderMessage message, Guid? messageId = null) => Send(queue!, message, messageId);

    /// <summary>Sends a command to the queue of another lane.</summary>
    public async Task SendInLane(string lane, IOrderMessage message) =>
        await Send(await Get<IBus>().GetSendEndpoint(new Uri("exchange:" + Lane.Queue(commandQueue, lane))), message);

    public Task<int> Failures() => Read(db => db.FailedMessages.CountAsync());

    static Task Send(ISendEndpoint to, IOrderMessage message, Guid? messageId = null) =>
        to.Send((object)message, message.GetType(), Pipe.Execute<SendContext>(send =>
        {
            send.CorrelationId = message.OrderId;
            send.MessageId = messageId ?? send.MessageId;
        }));

    /// <summary>Calls <see cref="Collect{T}"/> for each type of answer.</summary>
    protected abstract void Listen(IReceiveEndpointConfigurator endpoint);

    protected void Collect<T>(IReceiveEndpointConfigurator endpoint) where T : class, IOrderMessage => endpoint.Handler<T>(context =>
    {
        answers.Enqueue(context.Message);
        return Task.CompletedTask;
    });

    protected override void Add(WebApplicationBuilder builder) =>
        builder.Services.ConfigureDbContext<TDb>(options => options.AddInterceptors(interceptors));

    protected override async Task Serve()
    {
        await base.Serve();
        var bus = Get<IBus>();
        await bus.ConnectReceiveEndpoint(Queues.Orders, endpoint =>
        {
            endpoint.UseEnvelopes();
            Listen(endpoint);
        }).Ready;
        queue = await bus.GetSendEndpoint(new Uri("exchange:" + commandQueue));
    }
}
