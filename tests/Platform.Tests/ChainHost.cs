using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;

namespace Platform.Tests;

/// <summary>A service of a chain of calls: each calls the next one for its caller, and the last one works until it is cancelled.</summary>
/// <param name="installation">Where it runs.</param>
/// <param name="next">The called service; null: it is the last one.</param>
sealed class ChainHost(Installation installation, ChainHost? next) : ServiceHost<PackDb>(installation)
{
    int ended;

    /// <summary>The deadline that each request came with, once its work has begun; empty: none.</summary>
    public ConcurrentQueue<string> Begun { get; } = [];

    /// <summary>How many requests have ended.</summary>
    public int Ended => ended;

    public static Task<ChainHost> Start(Installation installation, ChainHost? next = null, params string[] settings) =>
        Run(new ChainHost(installation, next), [.. TestKeys.Settings, "Consumers=false", .. settings]);

    /// <param name="path">One of its paths.</param>
    /// <param name="deadlines">Values of the header.</param>
    public async Task<HttpResponseMessage> Get(string path, params string[] deadlines)
    {
        using var http = Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var deadline in deadlines)
            request.Headers.TryAddWithoutValidation(Deadline.Header, deadline);
        return await http.SendAsync(request);
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddPack();
        builder.Services.AddHttpClient("next")
            .AddHttpMessageHandler(services => new DeadlineHandler(services.GetRequiredService<IHttpContextAccessor>(), TimeSpan.FromMinutes(1)));
    }

    protected override void Map(WebApplication host)
    {
        host.MapGet("/chain", (HttpContext http, IHttpClientFactory clients, PackDb db) => Track(http, () => Work(http, clients, db))).AllowAnonymous();
        host.MapGet("/stream", (HttpContext http, CancellationToken cancel) =>
            Track(http, () => Task.FromResult(Results.Ok(cancel.IsCancellationRequested)))).AllowAnonymous().WithoutDeadline();
        host.MapGet("/late", async (HttpContext http) =>
        {
            await IsAborted(http);
            return Results.Json(Enumerable.Range(0, 100_000));
        }).AllowAnonymous();
        host.MapGet("/commits", async (UnitOfWork<PackDb> unit) =>
        {
            var watch = Stopwatch.StartNew();
            var value = await unit.Run(async work => ++(await work.Services.GetRequiredService<Counters>().Find("commits")).Value);
            await Eventually.Holds("the time is over", () => watch.Elapsed > TimeSpan.FromSeconds(5));
            return value;
        }).AllowAnonymous();
        host.MapGet("/commits-too-late", (HttpContext http, UnitOfWork<PackDb> unit) => unit.Run(async work =>
        {
            (await work.Services.GetRequiredService<Counters>().Find("commits-too-late")).Value++;
            await IsAborted(http);
        })).AllowAnonymous();
        host.MapGet("/gives-up", (HttpContext http, UnitOfWork<PackDb> unit) => unit.Run(async work =>
        {
            (await work.Services.GetRequiredService<Counters>().Find("gives-up")).Value++;
            await IsAborted(http);
            http.RequestAborted.ThrowIfCancellationRequested();
        })).AllowAnonymous();
    }

    async Task<IResult> Track(HttpContext http, Func<Task<IResult>> work)
    {
        Begun.Enqueue(http.Request.Headers[Deadline.Header].ToString());
        try
        {
            return await work();
        }
        finally
        {
            Interlocked.Increment(ref ended);
        }
    }

    async Task<IResult> Work(HttpContext http, IHttpClientFactory clients, PackDb db)
    {
        if (next is not null)
        {
            using var client = clients.CreateClient("next");
            using var response = await client.GetAsync(new Uri(next.Root, "/chain"), http.RequestAborted);
            return Results.StatusCode((int)response.StatusCode);
        }

        if (Installation.Mode.Database == "PostgreSql")
            await db.Database.ExecuteSqlRawAsync("SELECT pg_sleep(60)", http.RequestAborted);
        else
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, http.RequestAborted);
        return Results.Ok();
    }

    static async Task IsAborted(HttpContext http)
    {
        var aborted = new TaskCompletionSource();
        await using var registration = http.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    }
}
