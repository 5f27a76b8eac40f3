using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

namespace OrderSaga.Bench;

/// <summary>A service whose only page is constant: what the key check and the rest of HTTP cost without any data.</summary>
static class StaticServer
{
    public const string Listening = "listening on ";

    static readonly byte[] Page =
        """{"product":{"sku":"tea-0001","name":"tea-0001","unitPrice":1250,"currency":"EUR","availability":"in-stock","version":1},"gaps":[]}"""u8.ToArray();

    /// <param name="args">The directory of the key file.</param>
    public static async Task<int> Run(string[] args)
    {
        var builder = Service.Create(["--urls=http://127.0.0.1:0", $"--ApiKeys:Directory={args[0]}", "--Serilog:MinimumLevel:Default=Warning"], "static");
        await using var app = builder.Build();
        app.MapGet("/shop/products/{sku}", Get).RequireRole(Roles.Orders);
        app.UseServiceDefaults();
        await app.StartAsync();
        Console.WriteLine(Listening + app.Urls.Single());
        await Console.In.ReadLineAsync();
        await app.StopAsync();
        return 0;
    }

    static Task Get(string sku, HttpContext http)
    {
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = Page.Length;
        return http.Response.Body.WriteAsync(Page, 0, Page.Length, http.RequestAborted);
    }
}
