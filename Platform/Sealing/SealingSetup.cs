using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace OrderSaga.Platform.Sealing;

static class SealingSetup
{
    /// <summary>Seals the audit of a database.</summary>
    public static void AddSealing<TDb>(this WebApplicationBuilder builder) where TDb : DbContext
    {
        builder.Services.TryAddSingleton(AuditSettings.From(builder.Configuration));
        builder.Services.AddSingleton<AuditSealer<TDb>>();
        builder.Services.AddHostedService(services => services.GetRequiredService<AuditSealer<TDb>>());
    }
}
