using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Batches;
using Shouldly;
using Testing;
using Xunit;

namespace Platform.Tests;

public sealed class Smoke
{
    [Theory, MemberData(nameof(Mode.All), MemberType = typeof(Mode))]
    public async Task Messages_sent_through_the_outbox_are_handled_once_and_leave_nothing_behind(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var app = PackSetup.Build(installation.Settings());
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<PackDb>().Database.EnsureCreatedAsync();
        await app.StartAsync();
        var unit = app.Services.GetRequiredService<UnitOfWork<PackDb>>();
        var saga = Guid.CreateVersion7();
        for (var i = 0; i < 200; i++)
        {
            await unit.Run(async work =>
            {
                await work.Send("bumps", new Bump("a"));
                await work.Send("tallies", new Tally(saga, 200));
            });
        }

        await Eventually.Holds("200 bumps, their echoes and the tally", async () =>
        {
            await using var scope = app.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PackDb>();
            var rows = await db.Counters.AsNoTracking().ToDictionaryAsync(x => x.Name, x => x.Value);
            return rows.GetValueOrDefault("a") == 200 && rows.GetValueOrDefault("echo-a") == 200 && rows.GetValueOrDefault("echo-" + saga) == 1
                && !await db.Outbox.AnyAsync();
        });
        await using var last = app.Services.CreateAsyncScope();
        (await last.ServiceProvider.GetRequiredService<PackDb>().FailedMessages.CountAsync()).ShouldBe(0);
        await app.StopAsync();
    }
}
