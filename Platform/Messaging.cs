using MassTransit;
using MassTransit.Saga;
using MassTransit.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Batches;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.DeadLetters;
using OrderSaga.Platform.Outbox;
using OrderSaga.Platform.Rabbit;
using OrderSaga.Platform.Sagas;

namespace OrderSaga.Platform;

/// <summary>The message transport. Setting: <c>Transport:Mode</c>.</summary>
public enum TransportMode
{
    /// <summary>Inside the process; default of the embedded mode.</summary>
    InMemory,

    /// <summary>Quorum queues on the broker at <c>Transport:Url</c>.</summary>
    RabbitMq,
}

/// <summary>The process's bus, to which each service adds its endpoints.</summary>
public sealed class MessagingSetup(IServiceCollection services)
{
    readonly List<Action<IBusFactoryConfigurator, IServiceProvider>> endpoints = [];
    readonly List<Func<object, Guid?>> correlations = [];
    readonly List<string> senderQueues = [];

    /// <summary>Queues to which external systems send by name.</summary>
    internal IReadOnlyCollection<string> SenderQueues => senderQueues;

    /// <summary>Sets the CorrelationId of a message type. Batches load sagas by it, and it selects the batcher.</summary>
    public MessagingSetup Correlate<T>(Func<T, Guid> by) where T : class
    {
        correlations.Add(message => message is T known ? by(known) : null);
        return this;
    }

    internal Guid? CorrelationOf(object message) => correlations.Select(by => by(message)).FirstOrDefault(id => id is not null);

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

public static class Messaging
{
    public static TransportMode GetTransportMode(this IConfiguration settings) => settings.GetEnum("Transport:Mode", TransportMode.InMemory);

    /// <summary>Adds endpoints to the process's bus; the first call registers the bus.</summary>
    public static void AddMessaging(this WebApplicationBuilder builder, Action<MessagingSetup> configure)
    {
        var services = builder.Services;
        // The options are static in the library and frozen after first use.
        if (SystemTextJsonMessageSerializer.Options.Converters.All(converter => converter.Type != typeof(DateTime)))
            SystemTextJsonMessageSerializer.Options = WebJson.With(SystemTextJsonMessageSerializer.Options);
        if (services.LastOrDefault(service => service.ServiceType == typeof(MessagingSetup))?.ImplementationInstance is not MessagingSetup setup)
        {
            setup = new MessagingSetup(services);
            services.AddSingleton(setup);
            AddBus(builder, setup);
        }

        configure(setup);
    }

    static void AddBus(WebApplicationBuilder builder, MessagingSetup setup)
    {
        var mode = builder.Configuration.GetTransportMode();
        var url = builder.Configuration["Transport:Url"];
        if (mode == TransportMode.RabbitMq && url is null)
            throw new InvalidOperationException(
                "Set Transport:Url (environment: Transport__Url) to amqp://user:password@host:5672/vhost; Transport:Mode RabbitMq needs it.");

        // In memory, nothing may be published before the queues are bound. With a broker the process starts without waiting: the outbox
        // keeps messages.
        if (mode == TransportMode.RabbitMq)
            AddSenderQueues(builder.Services, setup);
        builder.Services.Configure<MassTransitHostOptions>(host => host.WaitUntilStarted = mode == TransportMode.InMemory);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddReceiveEndpointObserver(services => services.GetRequiredService<ReceiveEndpointRestarter>());
            // No usage data to third parties.
            bus.DisableUsageTelemetry();
            if (mode == TransportMode.RabbitMq)
                bus.UsingRabbitMq((context, rabbit) => ConfigureRabbit(rabbit, url!, setup, context));
            else
                bus.UsingInMemory((context, memory) => Configure(memory, setup, context));
        });
        builder.Services.AddSingleton<IMessageTransport>(
            services => mode == TransportMode.RabbitMq ? new RabbitTransport(new Uri(url!)) : new InMemoryTransport(services));
        builder.Services.AddSingleton(services => new BrokerState(services.GetRequiredService<IMessageTransport>(),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<BrokerState>>()));
        builder.Services.AddHealthChecks().AddCheck<BrokerState>("broker");
        // Registered after the bus, so that they stop before it.
        builder.Services.AddHostedService(services => services.GetRequiredService<BrokerState>());
        builder.Services.AddSingleton<ReceiveEndpointRestarter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ReceiveEndpointRestarter>());
    }

    /// <summary>Declared before the bus starts, which receives from them.</summary>
    static void AddSenderQueues(IServiceCollection services, MessagingSetup setup)
    {
        services.AddSingleton(provider => new SenderQueues(
            (RabbitTransport)provider.GetRequiredService<IMessageTransport>(), setup.SenderQueues, provider.GetRequiredService<ILogger<SenderQueues>>()));
        services.AddHostedService(provider => provider.GetRequiredService<SenderQueues>());
    }

    static void ConfigureRabbit(IRabbitMqBusFactoryConfigurator rabbit, string url, MessagingSetup setup, IServiceProvider provider)
    {
        rabbit.Host(new Uri(url));
        ReturnedMessages.Configure(rabbit, ActivatorUtilities.CreateInstance<ReturnedMessages>(provider, provider.GetRequiredService<IMessageTransport>()),
            provider.GetRequiredService<Limits>());
        Configure(rabbit, setup, provider);
    }

    static void Configure(IBusFactoryConfigurator bus, MessagingSetup setup, IServiceProvider provider)
    {
        bus.AddDeserializer(new EnvelopeDeserializer(), false);
        bus.UseRawJsonDeserializer(RawSerializerOptions.AddTransportHeaders | RawSerializerOptions.CopyHeaders, false);
        setup.Apply(bus, provider);
    }
}
