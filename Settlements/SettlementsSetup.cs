using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;

namespace OrderSaga.Settlements;

public static class SettlementsSetup
{
    /// <summary>Adds the import of the gateway's settlement files into <typeparamref name="TDb"/>. Needs the ledgers.</summary>
    public static void AddSettlements<TDb>(this WebApplicationBuilder builder) where TDb : SettlementDb
    {
        var settings = builder.Configuration.GetSection("Settlements").GetStrict<SettlementSettings>();
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<SettlementIntake<TDb>>();
        builder.Services.AddSingleton<SettlementFiles<TDb>>();
        builder.Services.AddTransient<SettlementFetch<TDb>>();
        builder.Services.AddSingleton<SettlementTermsSource>();
        builder.Services.AddSingleton<LateSettlements>();
        builder.Services.AddHttpClient<SettlementClient>(http => http.Timeout = TimeSpan.FromSeconds(settings.TimeoutSeconds))
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
    }
}
