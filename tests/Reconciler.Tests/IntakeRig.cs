using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Migrations;
using OrderSaga.Platform.Hosting;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>The reconciler without its jobs, at noon of the day after <see cref="Day"/>.</summary>
sealed class IntakeRig : IAsyncDisposable
{
    public static readonly DateOnly Day = new(2030, 5, 14);

    readonly Installation installation;
    readonly WebApplication app;

    IntakeRig(Installation installation, WebApplication app) => (this.installation, this.app) = (installation, app);

    public static async Task<IntakeRig> Start(Mode mode, params string[] settings)
    {
        var fresh = await mode.Fresh([.. Schema.Databases]);
        var builder = Service.Create(
            ["--urls=http://127.0.0.1:0", .. fresh.Settings().Select(setting => $"--{setting.Key}={setting.Value}"), .. settings], "reconciler");
        builder.Logging.ClearProviders();
        builder.AddReconciler();
        builder.Services.AddSingleton<TimeProvider>(new Noon());
        var host = builder.Build();
        await Schema.Apply(host.Configuration);
        return new IntakeRig(fresh, host);
    }

    public WebApplication App => app;
    public Installation Installation => installation;
    public T Get<T>() where T : notnull => app.Services.GetRequiredService<T>();

    public Task<Intake> Import(string file, DateOnly? day = null) => Import(Encoding.UTF8.GetBytes(file), day);

    public Task<Intake> Import(string file, FileDelivery delivery) =>
        app.Services.GetRequiredService<SettlementIntake<ReconcilerDb>>().Import(Day, new MemoryStream(Encoding.UTF8.GetBytes(file)), delivery);

    public Task<Intake> Import(byte[] file, DateOnly? day = null) =>
        app.Services.GetRequiredService<SettlementIntake<ReconcilerDb>>().Import(day ?? Day, new MemoryStream(file));

    public async Task<T> Read<T>(Func<ReconcilerDb, Task<T>> query)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<ReconcilerDb>());
    }

    public Task<(int Files, int Rows)> Count() => Read(async db => (await db.SettlementFiles.CountAsync(), await db.SettlementRows.CountAsync()));

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await installation.DisposeAsync();
    }

    public sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2030, 5, 15, 12, 0, 0, TimeSpan.Zero);
    }
}
