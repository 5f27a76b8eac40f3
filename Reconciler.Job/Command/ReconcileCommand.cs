using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using OrderSaga.Platform.Hosting;
using OrderSaga.Verifier;
using Spectre.Console;

namespace Reconciler.Job;

/// <summary>The command <c>reconcile</c>: executes one run.</summary>
static class ReconcileCommand
{
    const int Clean = 0;
    const int Differs = 1;
    const int Failed = 3;

    /// <summary>Runs the command if the arguments name it and returns true.</summary>
    public static Task<bool> TryRun(string[] args) => CommandLine.TryRun("reconcile", args, ReconcileOptions.Usage, ReconcileOptions.Parse, TryReconcile);

    static async Task<int> TryReconcile(ReconcileOptions options, CancellationToken stop)
    {
        try
        {
            return await Reconcile(options, stop);
        }
        catch (Exception failure) when (failure is RunInProgressException or InvalidOperationException or OperationCanceledException
            or System.Data.Common.DbException or Microsoft.EntityFrameworkCore.DbUpdateException or IOException or UnauthorizedAccessException)
        {
            await Console.Error.WriteLineAsync(failure is RunInProgressException ? $"{failure.Message} Start this run when it has finished." : failure.Message);
            return Failed;
        }
    }

    static async Task<int> Reconcile(ReconcileOptions options, CancellationToken stop)
    {
        await using var app = Build(options);
        // With a broker this process sends the repairs. In memory they wait in the outbox for the process that has the queues.
        var sends = app.Configuration.GetTransportMode() == TransportMode.RabbitMq;
        if (sends)
            await app.StartAsync(stop);
        var run = await app.Services.GetRequiredService<RunFollower>().Follow(options, stop);
        await WriteReport(app, run, options.Report, stop);
        if (!sends && run.Repaired > 0)
            AnsiConsole.MarkupLine("[yellow]The transport is in memory: the repairs wait in the outbox until OrderSaga.Host runs on the same data.[/]");
        if (sends)
            await app.StopAsync(CancellationToken.None);
        return run.State != RunState.Completed ? Failed : run.Found > 0 || Drifts(run) ? Differs : Clean;
    }

    /// <summary>True if every order agrees but the sums do not.</summary>
    static bool Drifts(ReconciliationRun run) => run.Conservation is { } sums
        && JsonSerializer.Deserialize<ConservationReport>(sums, JsonSerializerOptions.Web) is { Conserved: false };

    static WebApplication Build(ReconcileOptions options)
    {
        var builder = Service.Create(["--Serilog:MinimumLevel:Default=Error", .. options.Settings], "reconciler");
        builder.AddReconciliation();
        builder.Services.AddSingleton<IServer, NullServer>();
        builder.Services.AddSingleton<RunFollower>();
        return builder.Build();
    }

    /// <summary>In the format of the file's ending.</summary>
    static async Task WriteReport(WebApplication app, ReconciliationRun run, string? file, CancellationToken cancel)
    {
        if (file is null)
            return;
        await using var scope = app.Services.CreateAsyncScope();
        var reader = scope.ServiceProvider.GetRequiredService<ReportReader>();
        await using var output = File.Create(file);
        var ending = Path.GetExtension(file);
        if (ending == ".csv")
            await ReportCsv.Write(output, run, reader.All(run.Id), cancel);
        else if (ending == ".json")
            await JsonSerializer.SerializeAsync(output, await reader.Read(run, cancel), WebJson.Indented, cancel);
        else
            await output.WriteAsync(Encoding.UTF8.GetBytes(ReportPage.Of(await reader.Read(run, cancel)).Markup), cancel);
        AnsiConsole.MarkupLineInterpolated($"Report written to [bold]{Path.GetFullPath(file)}[/]");
    }

    /// <summary>The command does not listen on any address.</summary>
    sealed class NullServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull =>
            Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
