using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Database;

namespace Platform.Tests;

/// <summary>Which process may work on which row, and for how long.</summary>
public sealed class LeaseTests
{
    static readonly TimeSpan Long = TimeSpan.FromMinutes(10);
    static readonly Guid Thing = Guid.CreateVersion7();

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_version_has_one_lease_holder_until_it_expires(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        var leases = host.App.Services.GetRequiredService<Leases<PackDb>>();
        async Task<bool> Claims(long version, TimeSpan time) => (await leases.Claim([(Thing, version)], time)).Contains(Thing);

        (await Claims(5, Long)).ShouldBeTrue();
        (await Claims(5, Long)).ShouldBeFalse();
        (await Claims(4, Long)).ShouldBeFalse("a reader that lags behind sees what is over");
        (await Claims(6, TimeSpan.Zero)).ShouldBeTrue("it has moved");
        (await Claims(6, Long)).ShouldBeTrue("its time is over");
        (await Claims(5, Long)).ShouldBeFalse();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_lease_from_a_fast_clock_counts_as_expired(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        var leases = host.App.Services.GetRequiredService<Leases<PackDb>>();
        await leases.Claim([(Thing, 1)], TimeSpan.FromDays(1));

        (await leases.Claim([(Thing, 1)], Long)).ShouldHaveSingleItem("no lease of this length can end that late by this clock");
        (await leases.Claim([(Thing, 1)], Long)).ShouldBeEmpty();
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Concurrent_claims_take_every_lease_exactly_once(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        var leases = host.App.Services.GetRequiredService<Leases<PackDb>>();
        var things = Enumerable.Range(0, 300).Select(_ => (Guid.CreateVersion7(), 1L)).ToList();

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() =>
            leases.Claim([.. things.OrderBy(thing => thing.GetHashCode() * (i + 1))], Long))));

        claims.SelectMany(claim => claim).Order().ShouldBe(things.Select(thing => thing.Item1).Order());
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task Expired_leases_are_deleted_and_active_ones_kept(Mode mode)
    {
        await using var installation = await mode.Fresh("pack");
        await using var host = await PackHost.Make(installation);
        var leases = host.App.Services.GetRequiredService<Leases<PackDb>>();
        await leases.Claim([(Thing, 1)], Long);
        await leases.Claim([(Guid.CreateVersion7(), 1), (Guid.CreateVersion7(), 1)], TimeSpan.Zero);

        await Eventually.Becomes("two leases are deleted", leases.DeleteExpired, count => count == 2);
        (await leases.Claim([(Thing, 1)], Long)).ShouldBeEmpty();
    }
}
