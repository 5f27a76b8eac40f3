using MassTransit;
using MassTransit.Saga;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.DeadLetters;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Outbox;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Rabbit;

namespace OrderSaga.Platform.Hosting;

/// <summary>The process's bus, to which each service adds its endpoints.</summary>
public sealed class MessagingSetup(IServiceCollection services, LaneSettings lanes)
{
    readonly List<Action<IBusFactoryConfigurator, IServiceProvider>> endpoints = [];
    readonly List<string> senderQueues = [];
    readonly List<string> queuesOfOtherLanes = [];
    readonly Dictionary<Type, IReadOnlyList<string>> senders = [];
    string? returner;

    internal Correlations Correlations { get; } = new();

    /// <summary>Queues to which external systems send by name.</summary>
    internal IReadOnlyCollection<string> SenderQueues => senderQueues;

    /// <summary>The queues of this service in lanes that other processes serve.</summary>
    internal IReadOnlyList<string> QueuesOfOtherLanes => queuesOfOtherLanes;

    /// <summary>Events to which external systems subscribe.</summary>
    internal IReadOnlyCollection<Type> PublicEvents { get; private set; } = [];

    /// <summary>True: this process returns what the broker removed from the queues.</summary>
    internal bool ReturnsMessages { get; private set; }

    /// <summary>Sets the CorrelationId of a message type. Batches load sagas by it, and it selects the batcher.</summary>
    public MessagingSetup Correlate<T>(Func<T, Guid> by) where T : class
    {
        Correlations.Add(by);
        return this;
    }

    /// <summary>Refuses a message of these types unless one of the named services, or this process, has sent it.</summary>
    /// <param name="allowed">The services that may send each type.</param>
    /// <param name="returnedBy">The service that calls <see cref="ReturnMessages"/>.</param>
    public MessagingSetup CheckSenders(IReadOnlyDictionary<Type, IReadOnlyList<string>> allowed, string returnedBy)
    {
        returner = returnedBy;
        foreach (var (type, names) in allowed)
            senders[type] = names;
        return this;
    }

    /// <summary>Declares the exchanges of these events at the start, so that external systems can bind to them.</summary>
    public MessagingSetup DeclareEvents(params IReadOnlyCollection<Type> types)
    {
        PublicEvents = types;
        return this;
    }

    /// <summary>Makes this process return what the broker removed from the queues; its user may write to all of them.</summary>
    public MessagingSetup ReturnMessages()
    {
        ReturnsMessages = true;
        return this;
    }

    internal Senders CreateSenders(string? user, string prefix) => new(user, prefix, returner, senders);

    /// <summary>
    /// Adds a queue whose batches run on the database <typeparamref name="TDb"/>. It belongs to the lane main: the processes of other lanes do
    /// not read it.
    /// </summary>
    public MessagingSetup Endpoint<TDb>(string queue, Action<EndpointSetup<TDb>> configure) where TDb : ServiceDb
    {
        if (lanes.Served.Contains(Lane.Main))
            AddEndpoint(queue, Lane.Main, configure);
        return this;
    }

    /// <summary>Adds the queue of each lane that this process serves. A message is answered in the lane in which it arrived.</summary>
    public MessagingSetup EndpointInLanes<TDb>(string queue, Action<EndpointSetup<TDb>> configure) where TDb : ServiceDb
    {
        foreach (var lane in lanes.Served)
            AddEndpoint(Lane.Queue(queue, lane), lane, configure);
        queuesOfOtherLanes.AddRange(lanes.Used.Except(lanes.Served).Select(lane => Lane.Queue(queue, lane)));
        return this;
    }

    internal void Apply(IBusFactoryConfigurator bus, IServiceProvider provider) => endpoints.ForEach(endpoint => endpoint(bus, provider));

    void AddEndpoint<TDb>(string queue, string lane, Action<EndpointSetup<TDb>> configure) where TDb : ServiceDb
    {
        var endpoint = new EndpointSetup<TDb>(queue, lane, services);
        configure(endpoint);
        endpoints.Add(endpoint.Add);
        if (endpoint.IsPublic)
            senderQueues.Add(queue);
    }
}

/// <summary>The consumers and settings of one queue.</summary>
public sealed class EndpointSetup<TDb>(string queue, string lane, IServiceCollection services) where TDb : ServiceDb
{
    readonly List<Type> preloads = [];
    readonly List<Action<IReceiveEndpointConfigurator, IServiceProvider>> handlers = [];
    Action<IRabbitMqReceiveEndpointConfigurator>? senders;
    IReadOnlySet<string> dropped = new HashSet<string>();
    bool subscribes;

    internal bool IsPublic => senders is not null;

    /// <summary>Adds a loader of rows that runs before the batch's handlers.</summary>
    public EndpointSetup<TDb> Preload<T>() where T : class, IPreload
    {
        services.AddScoped<T>();
        preloads.Add(typeof(T));
        return this;
    }

    /// <summary>Receives also what is published of its consumers' types, not only what is sent to its queue.</summary>
    public EndpointSetup<TDb> Subscribe()
    {
        subscribes = true;
        return this;
    }

    public EndpointSetup<TDb> Consumer<T>() where T : class, IConsumer
    {
        services.AddScoped<T>();
        handlers.Add((receive, _) => receive.Consumer(new UnitOfWorkConsumerFactory<T>()));
        return this;
    }

    public EndpointSetup<TDb> StateMachine<TMachine, TSaga>() where TMachine : class, SagaStateMachine<TSaga> where TSaga : class, SagaStateMachineInstance
    {
        services.AddSingleton<TMachine>();
        Preload<SagaPreload<TSaga>>();
        handlers.Add((receive, provider) => receive.StateMachineSaga(
            provider.GetRequiredService<TMachine>(), new SagaRepository<TSaga>(new UnitOfWorkSagaRepository<TSaga>())));
        return this;
    }

    /// <summary>
    /// Accepts <typeparamref name="T"/> from external systems in any supported format, as a <see cref="JsonBody"/>. MassTransit senders
    /// that use <c>queue:NAME</c> declare a classic queue of that name. So NAME is a classic queue, and our own replicated queue stands
    /// beside it behind the exchange NAME. A message that arrives by both is handled once, by its sender and id.
    /// </summary>
    public EndpointSetup<TDb> Public<T>() where T : class
    {
        handlers.Add((receive, _) => JsonBodyDeserializer<T>.AddTo(receive));
        senders = receive =>
        {
            receive.Bind(queue);
            receive.Bind<T>();
        };
        return this;
    }

    /// <summary>Drops messages of these types: a system outside that may send to the queue can also bind their exchanges to it.</summary>
    public EndpointSetup<TDb> Drop(params IReadOnlyCollection<Type> types)
    {
        dropped = types.Select(MessageUrn.ForTypeString).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return this;
    }

    internal void Add(IBusFactoryConfigurator bus, IServiceProvider provider)
    {
        var filter = new BatchFilter<TDb>(
            queue, lane, preloads, IsPublic ? provider.GetRequiredService<Senders>().InboxIdOf : context => context.MessageId, provider);
        if (bus is not IRabbitMqBusFactoryConfigurator rabbit)
        {
            bus.ReceiveEndpoint(queue, receive => Apply(receive, provider, filter));
            return;
        }

        var own = senders is null ? queue : queue + ".quorum";
        rabbit.ReceiveEndpoint(own, receive =>
        {
            receive.Configure(own);
            senders?.Invoke(receive);
            Apply(receive, provider, filter);
        });
        if (senders is not null)
            rabbit.ReceiveEndpoint(queue, receive =>
            {
                receive.BindQueue = false;
                Apply(receive, provider, filter);
            });
    }

    void Apply(IReceiveEndpointConfigurator receive, IServiceProvider provider, BatchFilter<TDb> filter)
    {
        var limits = provider.GetRequiredService<Limits>();
        var failures = new DeadLetterFilter<TDb>(queue, dropped, provider);
        receive.PrefetchCount = limits.Prefetch;
        receive.ConcurrentMessageLimit = null;
        receive.PublishFaults = false;
        receive.ConfigureConsumeTopology = subscribes;
        receive.ConfigureReceive(pipe => pipe.UseFilter(new RedeliveryDelayFilter<TDb>(queue, failures, provider)));
        receive.ConfigureReceive(pipe => pipe.UseFilter(new MessageSizeFilter<TDb>(limits.MaxMessageBytes, failures)));
        receive.UseEnvelopes();
        receive.ConfigureError(pipe => pipe.UseFilter(failures));
        receive.ConfigureDeadLetter(pipe => pipe.UseFilter(failures));
        // A consumer of external messages checks their sender itself.
        if (!IsPublic)
            receive.UseFilter(new SenderFilter(queue, provider.GetRequiredService<Senders>()));
        receive.UseFilter(filter);
        handlers.ForEach(handler => handler(receive, provider));
    }
}
