using MassTransit;
using MassTransit.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.DeadLetters;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Outbox;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Rabbit;
using OrderSaga.Platform.Retention;
using OrderSaga.Platform.Sealing;

namespace OrderSaga.Platform.Hosting;

/// <summary>The message transport. Setting: <c>Transport:Mode</c>.</summary>
public enum TransportMode
{
    /// <summary>Inside the process; default of the embedded mode.</summary>
    InMemory,

    /// <summary>Quorum queues on the broker at <c>Transport:Url</c>.</summary>
    RabbitMq,
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
            var lanes = LaneSettings.From(builder.Configuration);
            if (builder.Configuration.GetTransportMode() == TransportMode.InMemory && lanes.Used.Except(lanes.Served).Any())
                throw new InvalidOperationException("Lanes:Serve must list all lanes with Transport:Mode InMemory: no other process can serve them.");
            services.AddSingleton(lanes);
            setup = new MessagingSetup(services, lanes);
            services.AddSingleton(setup);
            services.AddSingleton(setup.Correlations);
            AddBus(builder, setup);
        }

        configure(setup);
    }

    /// <summary>
    /// Adds what services do with a database: units of work, outbox, failed messages, retention and sealing. The first call registers the bus.
    /// </summary>
    public static void AddUnitOfWork<TDb>(this WebApplicationBuilder builder) where TDb : ServiceDb
    {
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddSingleton<UnitOfWork<TDb>>();
        builder.Services.AddSingleton(services => new OutboxDispatcher<TDb>(services.GetRequiredService<QueryRunner<TDb>>(),
            services.GetRequiredService<IMessageTransport>(), services.GetRequiredService<BrokerState>(), services.GetRequiredService<Limits>(),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<OutboxDispatcher<TDb>>>()));
        builder.Services.AddSingleton<OutboxSweeper<TDb>>();
        builder.Services.AddSingleton<OutboxMetrics<TDb>>();
        builder.Services.AddSingleton<IDeadLetters, DeadLetters<TDb>>();
        builder.Services.TryAddSingleton<DeadLetterReplay>();
        builder.Services.TryAddScoped<UnitOfWorkContext>();
        // The bus starts before the sweeper, which must not send to queues that do not exist yet, and stops after it.
        builder.AddMessaging(_ => { });
        builder.Services.AddHostedService(services => services.GetRequiredService<OutboxSweeper<TDb>>());
        builder.AddPlatformRetention<TDb>();
        builder.AddSealing<TDb>();
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
        {
            AddPublicTopology(builder.Services, setup);
            AddLaneMonitor(builder.Services, setup);
        }

        var prefix = builder.Configuration["Transport:UserPrefix"] ?? "";
        builder.Services.AddSingleton(services => setup.CreateSenders((services.GetRequiredService<IMessageTransport>() as RabbitTransport)?.User, prefix));
        builder.Services.AddSingleton<QueueSender>();
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

    static void AddLaneMonitor(IServiceCollection services, MessagingSetup setup)
    {
        services.AddSingleton(provider => new LaneMonitor((RabbitTransport)provider.GetRequiredService<IMessageTransport>(), setup.QueuesOfOtherLanes,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<LaneMonitor>>()));
        services.AddHostedService(provider => provider.GetRequiredService<LaneMonitor>());
        services.AddHealthChecks().AddCheck<LaneMonitor>("lanes");
    }

    /// <summary>Declared before the bus starts, which receives from the queues.</summary>
    static void AddPublicTopology(IServiceCollection services, MessagingSetup setup)
    {
        services.AddSingleton(provider => new PublicTopology(
            (RabbitTransport)provider.GetRequiredService<IMessageTransport>(), setup.SenderQueues,
            () => setup.PublicEvents.Select(type => OutboxWriter.AddressOf(type, provider)), provider.GetRequiredService<ILogger<PublicTopology>>()));
        services.AddHostedService(provider => provider.GetRequiredService<PublicTopology>());
    }

    /// <summary>
    /// What RabbitMQ can be configured to accept at most. By default the client closes its connection on a message over 64 MiB, which the
    /// broker accepts; then the message comes again. <see cref="Limits.MaxMessageBytes"/> decides instead.
    /// </summary>
    const uint MaxReceivedBytes = 512 * 1024 * 1024;

    static void ConfigureRabbit(IRabbitMqBusFactoryConfigurator rabbit, string url, MessagingSetup setup, IServiceProvider provider)
    {
        rabbit.Host(new Uri(url), host => host.MaxMessageSize(MaxReceivedBytes));
        var transport = (RabbitTransport)provider.GetRequiredService<IMessageTransport>();
        rabbit.ConfigureSend(pipe => pipe.UseExecute(context =>
        {
            if (context.TryGetPayload(out RabbitMqSendContext? sent))
                sent.BasicProperties.UserId = transport.User;
        }));
        if (setup.ReturnsMessages)
            ReturnedMessages.Configure(rabbit, ActivatorUtilities.CreateInstance<ReturnedMessages>(provider, transport), provider.GetRequiredService<Limits>());
        Configure(rabbit, setup, provider);
    }

    static void Configure(IBusFactoryConfigurator bus, MessagingSetup setup, IServiceProvider provider)
    {
        bus.AddDeserializer(new EnvelopeDeserializer(), false);
        bus.UseRawJsonDeserializer(RawSerializerOptions.AddTransportHeaders | RawSerializerOptions.CopyHeaders, false);
        setup.Apply(bus, provider);
    }
}
