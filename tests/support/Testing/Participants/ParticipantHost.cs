using System.Collections.Concurrent;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Contracts;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Envelopes;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;
using Shouldly;

namespace Testing;

/// <summary>A participant's whole service with its bus and database; collects its answers.</summary>
public abstract class ParticipantHost<TDb>(string database, string commandQueue) : IAsyncDisposable where TDb : ServiceDb
{
    readonly ConcurrentQueue<IOrderMessage> answers = [];
    WebApplication? app;
    ISendEndpoint? queue;

    public IReadOnlyCollection<IOrderMessage> Answers => answers;

    public UnitOfWork<TDb> Unit => App.Services.GetRequiredService<UnitOfWork<TDb>>();

    protected WebApplication App => app ?? throw new InvalidOperationException("The host was not started.");

    /// <summary>Adds the service.</summary>
    protected abstract void Add(WebApplicationBuilder builder);

    /// <summary>Maps the service's endpoints.</summary>
    protected abstract void Map(WebApplication host);

    /// <summary>Calls <see cref="Collect{T}"/> for each type of answer.</summary>
    protected abstract void Listen(IReceiveEndpointConfigurator endpoint);

    /// <summary>Sends a command; the same message id makes it a duplicate.</summary>
    public Task Send(IOrderMessage message, Guid? messageId = null) => queue!.Send((object)message, message.GetType(), Pipe.Execute<SendContext>(send =>
    {
        send.CorrelationId = message.OrderId;
        send.MessageId = messageId ?? send.MessageId;
    }));

    /// <summary>Reads like another client, in its own scope.</summary>
    public async Task<T> Read<T>(Func<TDb, Task<T>> query)
    {
        await using var scope = App.Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<TDb>());
    }

    public Task<int> Failures() => Read(db => db.FailedMessages.CountAsync());

    public async ValueTask DisposeAsync()
    {
        await App.StopAsync();
        await App.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    protected async Task Run(IEnumerable<KeyValuePair<string, string?>> settings, IInterceptor[] interceptors)
    {
        var builder = Service.Create([.. settings.Select(setting => $"--{setting.Key}={setting.Value}"), "--urls=http://127.0.0.1:0"], database);
        // Thousands of refusals are expected; the tests assert those that matter.
        builder.Logging.ClearProviders();
        Add(builder);
        builder.Services.ConfigureDbContext<TDb>(options => options.AddInterceptors(interceptors));
        app = builder.Build();
        await Read(db => db.Database.EnsureCreatedAsync());
        Map(app);
        app.UseServiceDefaults();
        await app.StartAsync();

        var bus = app.Services.GetRequiredService<IBusControl>();
        await bus.ConnectReceiveEndpoint(Queues.Orders, endpoint =>
        {
            endpoint.UseEnvelopes();
            Listen(endpoint);
        }).Ready;
        // Messages sent before the queue is bound are lost.
        (await bus.WaitForHealthStatus(BusHealthStatus.Healthy, TimeSpan.FromSeconds(30))).ShouldBe(BusHealthStatus.Healthy);
        queue = await bus.GetSendEndpoint(new Uri("exchange:" + commandQueue));
    }

    protected void Collect<T>(IReceiveEndpointConfigurator endpoint) where T : class, IOrderMessage => endpoint.Handler<T>(context =>
    {
        answers.Enqueue(context.Message);
        return Task.CompletedTask;
    });
}
