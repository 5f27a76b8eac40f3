using Microsoft.AspNetCore.Builder;
namespace OrderSaga.Platform.Http;
public static class HttpDefaults
{
    public static void AddHttpDefaults(this WebApplicationBuilder builder) { }
    public static void UseHttpDefaults(this WebApplication app) { }
    public static void AddTelemetry(this WebApplicationBuilder builder, string name) { }
}
