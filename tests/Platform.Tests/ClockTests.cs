using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;

namespace Platform.Tests;

/// <summary>The time for processes whose own clocks differ.</summary>
public sealed class ClockTests
{
    static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Time_comes_from_the_database_server_not_the_process(Mode mode)
    {
        Assert.SkipWhen(mode.Database == "Sqlite", "A file has no clock.");
        await using var installation = await mode.Fresh("pack");
        await using var made = await PackHost.Make(installation);
        var own = new WrongClock { Wrong = TimeSpan.FromHours(1) };
        await using var app = PackSetup.Build(PackHost.Arguments(installation), builder => builder.Services.AddSingleton(new DatabaseClock(own)));
        var clock = app.Services.GetRequiredService<TimeProvider>();
        (clock.GetUtcNow() - own.GetUtcNow()).Duration().ShouldBeLessThan(Second, "nothing is connected yet");

        await using var scope = app.Services.CreateAsyncScope();
        var read = Dialect.For(Enum.Parse<DatabaseMode>(mode.Database)).ReadClock + " AS \"Value\"";
        var server = await scope.ServiceProvider.GetRequiredService<PackDb>().Database.SqlQueryRaw<DateTime>(read).SingleAsync();

        (clock.GetUtcNow().UtcDateTime - server).Duration().ShouldBeLessThan(Second);
        own.Wrong = TimeSpan.FromMinutes(-10);
        (clock.GetUtcNow().UtcDateTime - server).Duration().ShouldBeLessThan(Second, "its own clock was changed and is not used");
    }

    sealed class WrongClock : TimeProvider
    {
        public TimeSpan Wrong { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Wrong;
    }
}
