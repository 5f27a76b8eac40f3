using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;

namespace Orders.Model.Participants;

/// <summary>The services with information about an order: stock, payment, and the reconciler with its cases.</summary>
public sealed class OrderParticipants(
    IHttpClientFactory clients, IHttpContextAccessor caller, ParticipantSettings settings, TimeProvider clock, ILogger<ParticipantClient> log)
{
    public ParticipantClient Stock { get; } = new("stock", settings.StockUrl, "branches/stock", clients, caller, settings, clock, log);
    public ParticipantClient Payment { get; } = new("payment", settings.PaymentUrl, "branches/payment", clients, caller, settings, clock, log);
    public ParticipantClient Cases { get; } = new("case", settings.CaseUrl, "cases/orders", clients, caller, settings, clock, log);
}

public static class ParticipantsSetup
{
    /// <summary>Registers the clients. Repeated calls have no effect.</summary>
    public static ParticipantSettings AddParticipants(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Participants").GetStrict<ParticipantSettings>();
        if (builder.Services.Any(service => service.ServiceType == typeof(ParticipantSettings)))
            return settings;

        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddHttpClient(ParticipantClient.Client, http =>
            {
                // The resilience pipeline sets the timeout of each call.
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = 2 * 1024 * 1024;
            })
            // No redirects: only a setting decides where the key is sent.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
            .AddHttpMessageHandler(services => new DeadlineHandler(
                services.GetRequiredService<IHttpContextAccessor>(), TimeSpan.FromMilliseconds(settings.TimeoutMilliseconds)))
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        builder.Services.AddSingleton<OrderParticipants>();
        return settings;
    }
}
