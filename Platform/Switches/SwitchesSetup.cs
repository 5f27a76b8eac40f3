using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Processing;

namespace OrderSaga.Platform.Switches;

public static class SwitchesSetup
{
    /// <summary>Registers the switches of a service. Its database has their tables (<see cref="Switch.Map(ModelBuilder)"/>).</summary>
    public static void AddSwitches(this WebApplicationBuilder builder, Func<IServiceProvider, IReadOnlyList<SwitchDefinition>> definitions)
    {
        var settings = builder.Configuration.GetSection("Switches").GetStrict<SwitchSettings>("Guard");
        settings.Check();
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton(services => new SwitchCatalogue(definitions(services)));
        builder.Services.AddSingleton<SwitchReader>();
        builder.Services.AddSingleton<SwitchChanges>();
    }

    /// <summary>Maps /switches.</summary>
    public static RouteGroupBuilder MapSwitches<TDb>(this IEndpointRouteBuilder routes, SwitchExamples examples) where TDb : ServiceDb
    {
        // Made now, so that a wrong definition stops the start.
        _ = routes.ServiceProvider.GetRequiredService<SwitchCatalogue>();
        var group = routes.MapGroup("/switches").WithTags("Switches");
        SwitchEndpoints.Map<TDb>(group, examples);
        return group;
    }
}

/// <summary>Examples for the API document, in the words of the service.</summary>
/// <param name="View">A switch with rules in force.</param>
/// <param name="Rule">A rule.</param>
/// <param name="Reason">A reason.</param>
public sealed record SwitchExamples(SwitchView View, SwitchRule Rule, string Reason)
{
    internal SwitchView Killed => View with { InForce = View.InForce! with { Killed = true } };

    internal SwitchView Proposed => View with { Proposal = new([Rule], View.InForce!.By, Reason, View.InForce.At) };
}
