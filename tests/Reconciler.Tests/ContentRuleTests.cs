using Reconciler.Job;

namespace Reconciler.Tests;

/// <summary>Amounts, lines and settlement, one change at a time.</summary>
public sealed class ContentRuleTests
{
    const string Two = """[{"sku":"a","quantity":1,"unitPrice":5},{"sku":"b","quantity":2,"unitPrice":7}]""";

    static readonly OrderSnapshot Good = Some.Completed;

    /// <summary>A change and the one class that it must cause; none if it is legal.</summary>
    static readonly Dictionary<string, (Func<OrderSnapshot> Snapshot, string Found)> All = new()
    {
        ["nothing"] = (() => Good, ""),
        ["the order's total"] = (() => Good with { Order = Good.Order! with { Total = 1251 } }, Classes.AmountDiffers),
        ["the branch's amount"] = (() => Good with { Payment = Good.Payment! with { Amount = 1249 } }, Classes.AmountDiffers),
        ["the branch's currency"] = (() => Good with { Payment = Good.Payment! with { Currency = "USD" } }, Classes.CurrencyDiffers),
        ["a quantity"] = (() => Good with { Stock = Good.Stock! with { Lines = [new OrderLine("tea-001", 2)] } }, Classes.LinesDiffer),
        ["a sku"] = (() => Good with { Stock = Good.Stock! with { Lines = [new OrderLine("tea-002", 1)] } }, Classes.LinesDiffer),
        ["no lines"] = (() => Good with { Stock = Good.Stock! with { Lines = [] } }, Classes.LinesDiffer),
        ["the settled amount"] = (() => Good with { Settled = [Some.Row("cap_1", amount: 1200, fee: 42)] }, Classes.SettlementAmountDiffers),
        ["the settled currency"] = (() => Good with { Settled = [Some.Row("cap_1") with { Currency = "USD" }] }, Classes.CurrencyDiffers),
        ["the fee"] = (() => Good with { Settled = [Some.Row("cap_1", fee: 44)] }, Classes.SettlementFeeDiffers),
        ["no settlement"] = (() => Good with { Settled = [] }, Classes.MissingInSettlement),
        ["a capture by another id"] = (() => Good with { Settled = [Some.Row("cap_9")] }, Classes.UnknownInSettlement),
        ["a second capture"] = (() => Good with { Settled = [Some.Row("cap_1"), Some.Row("cap_2")] }, Classes.DoubledCapture),
        ["a refund"] = (() => Good with { Settled = [Some.Row("cap_1"), Some.Row("ref_1", "refund", -1250, 0)] }, Classes.RefundWithoutReason),
        ["no order, settled"] = (() => new OrderSnapshot(Some.Id, null, null, null, [Some.Row("cap_1")]), Classes.UnknownInSettlement),
        ["a capture that is still asked about"] = (() => Good with { Order = Some.Order("NeedsReview"), Stock = Some.Stock("Tried"),
            Payment = Some.Payment("Confirming", Some.Attempt("capture", null, "Unknown")) }, ""),
        ["a capture that was declined here"] = (() => Good with { Order = Some.Order("Cancelled"), Stock = Some.Stock("Cancelled"),
            Payment = Some.Payment("Cancelled", Some.Attempt("capture", null, "Declined"), Some.Attempt("void", "void_1")) }, Classes.UnknownInSettlement),
        ["captured and refunded for a cancelled order"] = (() => Refunded(Some.Row("ref_1", "refund", -1250, 0)), ""),
        ["a part captured and refunded whole"] = (() => PartRefunded(Some.Row("cap_1", amount: 1000, fee: 39), -1000), ""),
        ["a part captured and more refunded"] = (
            () => PartRefunded(Some.Row("cap_1", amount: 1000, fee: 39), -1100), Classes.SettlementAmountDiffers),
        ["a part captured and kept"] = (() => Good with { Payment = Good.Payment! with { CapturedAmount = 1000 },
            Settled = [Some.Row("cap_1", amount: 1000, fee: 39)] }, Classes.SettlementAmountDiffers),
        ["given back twice"] = (
            () => Refunded(Some.Row("ref_1", "refund", -1250, 0), Some.Row("ref_2", "refund", -1250, 0)), Classes.RefundWithoutReason),
        ["the refund is not settled"] = (() => Refunded(), Classes.MissingInSettlement),
        ["the refund has a fee"] = (() => Refunded(Some.Row("ref_1", "refund", -1250, 5)), Classes.SettlementFeeDiffers),
        ["a chargeback"] = (() => Good with { Settled = [Some.Row("cap_1"), Some.Row("cb_1", "chargeback", -1250, 1500)] }, Classes.Chargeback),
        ["a chargeback that was won"] = (() => Good with { Settled = [Some.Row("cap_1"), Some.Row("cb_1", "chargeback", -1250, 0),
            Some.Row("cb_2", "chargeback-reversal", 1250, 0)] }, ""),
        ["a chargeback without its sign"] = (() => Good with { Settled = [Some.Row("cap_1"), Some.Row("cb_1", "chargeback", 1250, 0)] }, Classes.Chargeback),
        ["a capture that was taken back"] = (() => Good with { Settled = [Some.Row("cap_1"), Some.Row("cr_1", "capture-reversal", -1250, 0)] },
            Classes.SettlementReversed),
        ["a refund that came back"] = (() => Refunded(Some.Row("ref_1", "refund", -1250, 0), Some.Row("rr_1", "refund-reversal", 1250, 0)),
            Classes.SettlementReversed),
        ["a fee and an unknown kind"] = (() => Good with { Settled = [Some.Row("cap_1"), Some.Row("f_1", "fee", -25, 0),
            Some.Row("x_1", "retencion", -12, 0)] }, ""),
        ["a fee for an unknown order"] = (() => new OrderSnapshot(Some.Id, null, null, null, [Some.Row("f_1", "fee", -25, 0)]), ""),
        ["a tombstone beside a cancelled order"] = (() => new OrderSnapshot(Some.Id, Some.Order("Cancelled"), Some.Stock("Cancelled") with { Lines = [] },
            new PaymentEntry(Some.Id, "Cancelled", 0, "", null, null, null, [], "main", Some.At), []), ""),
    };

    public static TheoryData<string> Changes() => [.. All.Keys];

    [Theory, MemberData(nameof(Changes))]
    public void Each_discrepancy_gives_exactly_its_own_class(string change) => All[change].Snapshot().Found().ShouldBe(All[change].Found);

    [Fact]
    public void Two_discrepancies_of_one_order_are_both_reported() =>
        (Good with { Stock = Some.Stock("Tried") with { Lines = [] }, Settled = [Some.Row("cap_1", fee: 44)] }).Found()
            .ShouldBe($"{Classes.OrderStockDiffer}, {Classes.LinesDiffer}, {Classes.SettlementFeeDiffers}");

    [Theory]
    [InlineData("2030-05-13T12:00:00Z", "12 13 14", true)]
    [InlineData("2030-05-13T12:00:00Z", "13 14", true)]
    [InlineData("2030-05-13T12:00:00Z", "12 13", false)]
    [InlineData("2030-05-13T12:00:00Z", "14", false)]
    [InlineData("2030-05-13T00:30:00Z", "13 14", false)]
    [InlineData("2030-05-13T00:30:00Z", "12 13 14", true)]
    [InlineData("2030-05-14T12:00:00Z", "12 13 14", false)]
    public void A_capture_is_missing_only_after_its_last_possible_file(string capturedAt, string days, bool missed)
    {
        var at = DateTime.Parse(capturedAt, System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();
        var snapshot = Good with { Payment = Some.Payment("Confirmed", Some.Attempt("capture", "cap_1", at: at)), Settled = [] };
        snapshot.Found(Some.Terms with { Days = new SettlementDays(days.Split(' ').Select(day => new DateOnly(2030, 5, int.Parse(day))).ToHashSet()) })
            .ShouldBe(missed ? Classes.MissingInSettlement : "");
    }

    [Fact]
    public void Money_at_another_gateway_is_in_no_file_of_main()
    {
        var capture = Some.Attempt("capture", "cap_1") with { Gateway = "backup", Route = 2 };
        var snapshot = Good with { Payment = Some.Payment("Confirmed", capture) with { Gateway = "backup" }, Settled = [] };
        snapshot.Found().ShouldBe("");
    }

    /// <summary>
    /// Requested and responded at these times; with LateAfterHours = 48, the current time, and the files of these days in May.
    /// </summary>
    [Theory]
    [InlineData("14T12:00", "14T12:00", "17T00:01", "14", true)]
    [InlineData("14T12:00", "14T12:00", "16T23:59", "14", false)]
    [InlineData("14T00:30", "14T00:30", "17T00:01", "14", true)]
    [InlineData("14T12:00", "14T12:00", "30T00:00", "13 15", false)]
    [InlineData("14T23:59", "15T00:01", "18T00:01", "14", true)]
    [InlineData("14T23:59", "15T00:01", "18T00:01", "13", true)]
    [InlineData("14T23:59", "15T00:01", "17T23:59", "14", false)]
    [InlineData("14T12:00", "14T12:00", "30T00:00", "20", false)]
    [InlineData("14T23:59", "15T00:01", "30T00:00", "20", false)]
    public void A_capture_is_missing_by_time_when_no_file_arrives(string requested, string answered, string now, string days, bool missed)
    {
        var delivered = days.Split(' ').Select(day => new DateOnly(2030, 5, int.Parse(day))).ToHashSet();
        var received = SettlementTermsSource.DaysAt(new DateTimeOffset(At(now)), delivered, new SettlementSettings());
        var capture = Some.Attempt("capture", "cap_1") with { CreatedAt = At(requested), UpdatedAt = At(answered) };
        var snapshot = Good with { Payment = Some.Payment("Confirmed", capture), Settled = [] };
        snapshot.Found(Some.Terms with { Days = received }).ShouldBe(missed ? Classes.MissingInSettlement : "");
    }

    static DateTime At(string text) => DateTime.Parse($"2030-05-{text}Z", System.Globalization.CultureInfo.InvariantCulture).ToUniversalTime();

    [Theory]
    [InlineData(Two, """[{"sku":"a","quantity":1},{"sku":"b","quantity":2}]""", true)]
    [InlineData(Two, """[{"sku":"b","quantity":2},{"sku":"a","quantity":1}]""", true)]
    [InlineData("""[{"sku":"a","quantity":1,"unitPrice":5}]""", """[ { "sku": "a", "quantity": 1 } ]""", true)]
    [InlineData("""[{"sku":"a","quantity":1,"unitPrice":5}]""", """[{"sku":"a","quantity":11}]""", false)]
    [InlineData("""[{"sku":"a","quantity":11,"unitPrice":5}]""", """[{"sku":"a","quantity":1}]""", false)]
    [InlineData("""[{"sku":"a","quantity":1,"unitPrice":5}]""", """[{"sku":"a","quantity":1},{"sku":"b","quantity":2}]""", false)]
    [InlineData("""[{"sku":"a","quantity":1,"unitPrice":5}]""", "[]", false)]
    public void Lines_are_compared_regardless_of_order_and_price(string order, string stock, bool same) =>
        LineList.Same(new LineList(order), new LineList(stock)).ShouldBe(same);

    static OrderSnapshot PartRefunded(SettlementRow captured, long refund)
    {
        var snapshot = Refunded();
        return snapshot with
        {
            Payment = snapshot.Payment! with { CapturedAmount = captured.Amount },
            Settled = [captured, Some.Row("ref_1", "refund", refund, 0)],
        };
    }

    static OrderSnapshot Refunded(params SettlementRow[] refund) => Good with
    {
        Order = Some.Order("Cancelled"), Stock = Some.Stock("Cancelled"), Settled = [Some.Row("cap_1"), .. refund],
        Payment = Some.Payment("Cancelled", Some.Attempt("capture", "cap_1"), Some.Attempt("refund", "ref_1")),
    };
}
