using Reconciler.Job;

namespace Reconciler.Tests;

public sealed class FeeScheduleTests
{
    [Theory]
    [InlineData(10_000, 140, 25, 165)]
    [InlineData(1, 140, 0, 0)]
    [InlineData(50, 100, 0, 1)]
    [InlineData(49, 100, 0, 0)]
    [InlineData(1_000_000_000_000, 10_000, 0, 1_000_000_000_000)]
    public void A_capture_fee_is_the_rounded_share_plus_the_fixed_part(long amount, int basisPoints, long part, long fee) =>
        new FeeSchedule(basisPoints, part).OfCapture(amount).ShouldBe(fee);
}

public sealed class FeeSchedulesTests
{
    static readonly SettlementSettings Settings = new()
    {
        Fees = { ["JPY"] = new CurrencyFees { BasisPoints = 360 }, ["KWD"] = new CurrencyFees { BasisPoints = 200, Fixed = 100, Tolerance = 5 },
            ["BRL"] = new CurrencyFees { Check = false } },
    };

    [Theory]
    [InlineData("EUR", 1250, 43, 0)]
    [InlineData("EUR", 1250, 44, 0)]
    [InlineData("EUR", 1250, 45, 2)]
    [InlineData("JPY", 1250, 45, 0)]
    [InlineData("JPY", 1250, 43, 2)]
    [InlineData("KWD", 1250, 130, 0)]
    [InlineData("KWD", 1250, 131, 6)]
    [InlineData("BRL", 1250, 9999, 0)]
    public void Each_currency_has_its_fee_contract_and_tolerance(string currency, long amount, long fee, long off) =>
        Settings.Schedules.Difference(Some.Row("cap_1", "capture", amount, fee) with { Currency = currency }).ShouldBe(off);

    [Fact]
    public void Fee_checks_can_be_disabled() => new SettlementSettings { CheckFees = false }.Schedules.Difference(Some.Row("cap_1", fee: 999)).ShouldBe(0);

    [Theory]
    [InlineData("EUX")]
    [InlineData("eur")]
    public void A_fee_contract_without_a_currency_stops_startup(string currency) =>
        Should.Throw<InvalidOperationException>(new SettlementSettings { Fees = { [currency] = new CurrencyFees() } }.Check).Message.ShouldContain(currency);
}
