using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orders.Model.Participants;

/// <summary>All that have a part in an order: the participants, and who looks after what went wrong.</summary>
public sealed class OrderParticipants(IHttpClientFactory clients, ParticipantSettings settings, TimeProvider clock, ILogger<Participant> log)
{
    public Participant Stock { get; } = new("stock", settings.StockUrl, "branches/stock", clients, settings, clock, log);
    public Participant Payment { get; } = new("payment", settings.PaymentUrl, "branches/payment", clients, settings, clock, log);
    public Participant Cases { get; } = new("case", settings.CaseUrl, "cases/orders", clients, settings, clock, log);
}

public static class ParticipantsSetup
{
    /// <summary>Once, however many services of a process ask for it.</summary>
    public static ParticipantSettings AddParticipants(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Participants").Get<ParticipantSettings>() ?? new ParticipantSettings();
        if (builder.Services.Any(service => service.ServiceType == typeof(ParticipantSettings)))
            return settings;

        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddHttpClient(Participant.Client, http =>
            {
                // The pipeline around each call bounds its time.
                http.Timeout = Timeout.InfiniteTimeSpan;
                http.MaxResponseContentBufferSize = 2 * 1024 * 1024;
            })
            // Where the key goes is a setting, not another server's word.
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(2), AllowAutoRedirect = false })
            .SetHandlerLifetime(Timeout.InfiniteTimeSpan)
            .RemoveAllLoggers();
        builder.Services.AddSingleton<OrderParticipants>();
        return settings;
    }
}
