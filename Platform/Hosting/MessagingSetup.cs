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
public sealed class MessagingSetup(IServiceCollection services)
{
    readonly List<Action<IBusFactoryConfigurator, IServiceProvider>> endpoints = [];
    readonly List<string> senderQueues = [];

    internal Correlations Correlations { get; } = new();

    /// <summary>Queues to which external systems send by name.</summary>
    internal IReadOnlyCollection<string> SenderQueues => senderQueues;

    /// <summary>Sets the CorrelationId of a message type. Batches load sagas by it, and it selects the batcher.</summary>
    public MessagingSetup Correlate<T>(Func<T, Guid> by) where T : class
    {
        Correlations.Add(by);
        return this;
    }

    /// <summary>Adds a queue whose batches run on the database <typeparamref name="TDb"/>.</summary>
    public MessagingSetup Endpoint<TDb>(string queue, Action<EndpointSetup<TDb>> configure) where TDb : ServiceDb
    {
        var endpoint = new EndpointSetup<TDb>(queue, services);
        configure(endpoint);
        endpoints.Add(endpoint.Add);
        if (endpoint.IsPublic)
            senderQueues.Add(queue);
        return this;
    }

    internal void Apply(IBusFactoryConfigurator bus, IServiceProvider provider) => endpoints.ForEach(endpoint => endpoint(bus, provider));
}

/// <summary>The consumers and settings of one queue.</summary>
public sealed class EndpointSetup<TDb>(string queue, IServiceCollection services) where TDb : ServiceDb
{
    readonly List<Type> preloads = [];
    readonly List<Action<IReceiveEndpointConfigurator, IServiceProvider>> handlers = [];
    Action<IRabbitMqReceiveEndpointConfigurator>? senders;

    internal bool IsPublic => senders is not null;

    /// <summary>Adds a loader of rows that runs before the batch's handlers.</summary>
    public EndpointSetup<TDb> Preload<T>() where T : class, IPreload
    {
        services.AddScoped<T>();
        preloads.Add(typeof(T));
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
    /// beside it behind the exchange NAME. A message that arrives by both is handled once, by its id.
    /// </summary>
    public EndpointSetup<TDb> Public<T>() where T : class
    {
        handlers.Add((receive, _) =>
        {
            receive.ConfigureConsumeTopology = false;
            JsonBodyDeserializer<T>.AddTo(receive);
        });
        senders = receive =>
        {
            receive.Bind(queue);
            receive.Bind<T>();
        };
        return this;
    }

    internal void Add(IBusFactoryConfigurator bus, IServiceProvider provider)
    {
        var filter = new BatchFilter<TDb>(queue, preloads, provider);
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
        var failures = new DeadLetterFilter<TDb>(queue, provider);
        receive.PrefetchCount = limits.Prefetch;
        receive.ConcurrentMessageLimit = null;
        receive.PublishFaults = false;
        receive.ConfigureReceive(pipe => pipe.UseFilter(new RedeliveryDelayFilter<TDb>(queue, failures, provider)));
        receive.ConfigureReceive(pipe => pipe.UseFilter(new MessageSizeFilter<TDb>(limits.MaxMessageBytes, failures)));
        receive.UseEnvelopes();
        receive.ConfigureError(pipe => pipe.UseFilter(failures));
        receive.ConfigureDeadLetter(pipe => pipe.UseFilter(failures));
        receive.UseFilter(filter);
        handlers.ForEach(handler => handler(receive, provider));
    }
}
