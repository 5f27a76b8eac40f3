using System.Text.Json;
using OrderSaga.Contracts;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace FaultRuns.Experiments;

/// <summary>Sends messages to the system's queues at a steady rate, each with the broker's confirm.</summary>
public sealed class BusLoad : IAsyncDisposable
{
    readonly IConnection connection;
    readonly IChannel channel;
    readonly string user;
    readonly CancellationTokenSource stopped = new();
    readonly List<string> confirmed = [];
    readonly Task sending;

    BusLoad(IConnection connection, IChannel channel, string user, double rate, Func<string, (string Queue, object Message)> next)
    {
        (this.connection, this.channel, this.user) = (connection, channel, user);
        sending = SendAll(rate, next);
    }

    /// <summary>Orders of one unit.</summary>
    public static Task<BusLoad> Start(Trial trial, double rate, string sku) => Start(trial, rate, key => (
        Queues.SubmitOrder, new SubmitOrder("demo", key, "EUR", [new OrderLine(sku, 1)], new PaymentInstruction("card", "tok_ok"))));

    /// <param name="next">Makes a message from a key that is used once.</param>
    public static async Task<BusLoad> Start(Trial trial, double rate, Func<string, (string Queue, object Message)> next)
    {
        var opened = await new ConnectionFactory { Uri = trial.Run.System.Broker }.CreateConnectionAsync(trial.Cancel);
        var own = await opened.CreateChannelAsync(new CreateChannelOptions(true, true, null), trial.Cancel);
        return new BusLoad(opened, own, trial.Run.System.Broker.UserInfo.Split(':')[0], rate, next);
    }

    /// <returns>The keys of the confirmed messages.</returns>
    public async Task<IReadOnlyList<string>> Stop()
    {
        await stopped.CancelAsync();
        await sending;
        return confirmed;
    }

    public async ValueTask DisposeAsync()
    {
        await Stop();
        await connection.DisposeAsync();
    }

    async Task SendAll(double rate, Func<string, (string Queue, object Message)> next)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1 / rate));
        try
        {
            while (await timer.WaitForNextTickAsync(stopped.Token))
                await Send($"bus-{Guid.CreateVersion7():N}", next);
        }
        catch (OperationCanceledException)
        {
            // The load was stopped.
        }
    }

    async Task Send(string key, Func<string, (string Queue, object Message)> next)
    {
        var (queue, message) = next(key);
        var type = message.GetType();
        string[] types = [$"urn:message:{type.Namespace}:{type.Name}"];
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { messageId = Guid.CreateVersion7(), messageType = types, message }, JsonSerializerOptions.Web);
        var properties = new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true, UserId = user };
        try
        {
            await channel.BasicPublishAsync("", queue, mandatory: true, properties, body);
            confirmed.Add(key);
        }
        catch (RabbitMQClientException)
        {
            // Not confirmed: nothing was promised.
        }
    }
}
