using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Rates;

namespace OrderSaga.Platform.Http;

/// <summary>API keys, problems, strict JSON, health and API documents, the same in every process.</summary>
public static class HttpDefaults
{
    public static void AddHttpDefaults(this WebApplicationBuilder builder)
    {
        var directory = builder.Configuration["ApiKeys:Directory"] ?? builder.Configuration.GetDataDirectory();
        builder.Services.AddSingleton(new ApiKeyFile(directory));
        builder.Services.AddSingleton<ApiKeyRing>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ApiKeyRing>());
        builder.Services.AddSingleton(services => new KnownMerchants(services.GetRequiredService<ApiKeyRing>()));
        builder.Services.AddSingleton(typeof(LogSampler<>));
        builder.Services.AddSingleton<AuthFailures>();
        // AddAuthenticationCore: no cookies, so no data-protection keys to store.
        builder.Services.AddWebEncoders();
        builder.Services.AddAuthenticationCore(options =>
        {
            options.DefaultScheme = ApiKeyScheme.Name;
            options.AddScheme<ApiKeyScheme>(ApiKeyScheme.Name, null);
        });
        builder.Services.AddTransient<ApiKeyScheme>();
        builder.Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        builder.Services.ConfigureHttpJsonOptions(options =>
        {
            StrictJson.Apply(options.SerializerOptions);
            WebJson.AddTo(options.SerializerOptions);
        });
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.AddSingleton<RouteTable>();
        builder.Services.AddSingleton<RequestsInProgress>();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddHealthChecks().AddCheck<ApiKeyRing>("keys");
        builder.AddRates();
        builder.AddHttps(HttpSettings.From(builder.Configuration));
        builder.AddApiDocument();
    }

    /// <summary>Call this after mapping the endpoints.</summary>
    internal static void UseHttpDefaults(this WebApplication app)
    {
        // Loaded now, so that an invalid key list stops the start instead of failing the first call.
        app.Services.GetRequiredService<ApiKeyRing>();
        var settings = app.Services.GetRequiredService<HttpSettings>();
        app.UseTrustedProxies(settings);
        app.Use(app.Services.GetRequiredService<RequestsInProgress>().Track);
        app.UseMiddleware<RequestLog>();
        app.UseHttps(settings);
        app.UseMiddleware<ProblemMiddleware>();
        app.UseApiDocument();
        app.Use(MethodRules.Route);
        app.UseRouting();
        app.Use(MethodRules.Refuse);
        app.UseMiddleware<DeadlineMiddleware>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseMiddleware<RequestRules>();
        app.MapHealth();
    }

    /// <summary>Requires one of the roles; otherwise 403.</summary>
    public static TBuilder RequireRole<TBuilder>(this TBuilder endpoint, params string[] roles) where TBuilder : IEndpointConventionBuilder =>
        endpoint.RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireRole(roles)).WithMetadata(new RequiredRoles(roles));
}
