using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Migrations;
using OrderSaga.Sandbox;
using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>The reconciler without its jobs, at noon of the day after <see cref="Day"/>.</summary>
sealed class IntakeRig(Installation installation) : ServiceHost<ReconcilerDb>(installation, owned: true)
{
    public static readonly DateOnly Day = new(2030, 5, 14);

    public static async Task<IntakeRig> Start(Mode mode, params string[] settings) =>
        await Make(new IntakeRig(await mode.Fresh([.. Schema.Databases])), settings);

    public Task<Intake> Import(string file, DateOnly? day = null) => Import(Encoding.UTF8.GetBytes(file), day);

    public Task<Intake> Import(string file, FileDelivery delivery) =>
        Get<SettlementIntake<ReconcilerDb>>().Import(Day, new MemoryStream(Encoding.UTF8.GetBytes(file)), delivery);

    public Task<Intake> Import(byte[] file, DateOnly? day = null) =>
        Get<SettlementIntake<ReconcilerDb>>().Import(day ?? Day, new MemoryStream(file));

    public Task<(int Files, int Rows)> Count() => Read(async db => (await db.SettlementFiles.CountAsync(), await db.SettlementRows.CountAsync()));

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddReconciler();
        builder.Services.AddSingleton<TimeProvider>(new Noon());
    }

    protected override Task CreateTables() => Schema.Apply(App.Configuration);

    public sealed class Noon : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2030, 5, 15, 12, 0, 0, TimeSpan.Zero);
    }
}

/// <summary>The gateway of an <see cref="IntakeRig"/>: the sandbox on the same databases, at the same time.</summary>
sealed class IntakeGateway(Installation installation) : ServiceHost<SandboxDb>(installation)
{
    public static async Task<IntakeGateway> Start(IntakeRig rig, string key)
    {
        var gateway = await Run(new IntakeGateway(rig.Installation), "Gateway:Key=" + key);
        rig.App.Configuration["Gateway:Url"] = gateway.Root + "sandbox";
        return gateway;
    }

    protected override void Add(WebApplicationBuilder builder)
    {
        builder.AddSandbox();
        builder.Services.AddSingleton<TimeProvider>(new IntakeRig.Noon());
    }

    protected override void Map(WebApplication host) => host.MapSandbox();
}
