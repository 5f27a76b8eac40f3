using System.Text;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Reconciler.Job;

namespace Reconciler.Tests;

public sealed class SettlementIntakeTests
{
    const string Order = "0199f0a0-7c1e-7000-8000-000000000001";

    /// <summary>Two captures in two currencies, one of them refunded; one reference is not an order id.</summary>
    static readonly string Good = Lines(
        SettlementCsv.Header,
        $"row,cap_1,capture,auth_1,{Order},1250,43,EUR,2030-05-14T08:00:00.123Z",
        "row,cap_2,capture,auth_2,\"a, \"\"b\"\"\",700,35,USD,2030-05-14T23:59:59.999Z",
        $"row,ref_1,refund,auth_1,{Order},-1250,0,EUR,2030-05-14T09:00:00.000Z",
        "sum,,,,,0,43,EUR,",
        "sum,,,,,700,35,USD,",
        "trailer,3,,,,,,,");

    /// <summary>A change to the valid file, and the error that it must cause.</summary>
    static readonly (string Name, Func<string, string> Corrupt, string Said)[] Broken =
    [
        ("cut off in a line", file => file[..^5], "line 7: the file ends in the middle of a line: it is incomplete"),
        ("cut off after a line", file => file[..(file.LastIndexOf("trailer", StringComparison.Ordinal))], "the trailer is missing: the file is incomplete"),
        ("empty", _ => "", "the file is empty"),
        ("a column is missing", file => file.Replace("amount,fee", "amount,cost"),
            $"line 1: the header has no column 'fee'; it needs {SettlementCsv.Header}, in any order"),
        ("a column twice", file => file.Replace("amount,fee", "amount,Amount"), "line 1: the column 'amount' occurs twice"),
        ("semicolons", file => file.Replace(',', ';'), "line 1: the columns are separated by ';': separate them by commas"),
        ("a web page", _ => "<html>maintenance</html>", "the file begins with '<': it is a web page or XML, not CSV"),
        ("an empty line inside", file => file.Replace("sum,,,,,0", "\r\nsum,,,,,0"), "line 5: the line has 1 columns instead of 9"),
        ("wrong count", file => file.Replace("trailer,3", "trailer,4"), "line 7: the trailer says 4 rows; there are 3"),
        ("no count", file => file.Replace("trailer,3", "trailer,"), "line 7: the number of rows '' is not a whole number"),
        ("wrong sum", file => file.Replace(",700,35,USD,\r\nt", ",701,35,USD,\r\nt"),
            "line 6: the sum of USD says amount 701 and fee 35; the rows add up to 700 and 35"),
        ("wrong fees", file => file.Replace(",0,43,EUR,\r\ns", ",0,44,EUR,\r\ns"),
            "line 5: the sum of EUR says amount 0 and fee 44; the rows add up to 0 and 43"),
        ("no sum", file => file.Replace("sum,,,,,700,35,USD,\r\n", ""), "line 6: the sum of USD is missing"),
        ("a sum of nothing", file => file.Replace("trailer", "sum,,,,,1,0,GBP,\r\ntrailer"),
            "line 7: the sum of GBP says amount 1 and fee 0; the rows add up to 0 and 0"),
        ("a sum twice", file => file.Replace("trailer", "sum,,,,,0,43,EUR,\r\ntrailer"), "line 7: a second sum of EUR"),
        ("a fraction", file => file.Replace(",1250,", ",12.50,"), "line 2: the amount '12.50' is not a whole number"),
        ("too much", file => file.Replace(",1250,", ",99999999999999999999,"), "line 2: the amount '99999999999999999999' is not a whole number"),
        ("less than can be added up", file => file.Replace(",-1250,", ",-9223372036854775808,"),
            "line 4: the amount '-9223372036854775808' is not a whole number"),
        ("a control character", file => file.Replace("cap_2", "cap_\0"), "line 3: a field contains a control character"),
        ("no currency", file => file.Replace("43,EUR,2030", "43,EUX,2030"), "line 2: 'EUX' is not an ISO 4217 currency"),
        ("no operation", file => file.Replace("cap_2,capture", "cap_2,"), "line 3: its operation must have 1 to 60 characters"),
        ("no time zone", file => file.Replace("00.123Z", "00.123"),
            "line 2: '2030-05-14T08:00:00.123' has no time zone: end it with Z or an offset such as +02:00"),
        ("no kind of record", file => file.Replace("row,cap_2", "raw,cap_2"), "line 3: 'raw' is not a kind of record"),
        ("no time", file => file.Replace("2030-05-14T08:00:00.123Z", "yesterday"), "line 2: 'yesterday' is not a time"),
        ("another day", file => file.Replace("2030-05-14T08", "2030-05-13T08"), "line 2: 2030-05-13T08:00:00.123Z is not on 2030-05-14, the day of the file"),
        ("a row twice", file => file.Replace("cap_2", "cap_1"), "line 3: row cap_1 is in the file twice"),
        ("no id", file => file.Replace("cap_2", ""), "line 3: its id must have 1 to 100 characters"),
        ("a column short", file => file.Replace("1250,43,EUR", "1250,EUR"), "line 2: the line has 8 columns instead of 9"),
        ("after the trailer", file => file + "row,,,,,,,,\r\n", "line 8: something follows the trailer"),
        ("an open quote", file => file.Replace("\"\"\",700", "\"\",700"), "line 3: a quote is opened and never closed"),
        ("text behind a quote", file => file.Replace("\"\"\",700", "\"\"\"x,700"), "line 3: a field is not followed by a comma or a line end"),
        ("no line ends", file => new string('x', 10_000), "line 1: a field is longer than 4096 characters"),
    ];

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_valid_file_is_imported_once(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode);
        (await rig.Import(Good)).ShouldBe(new Intake(IntakeRig.Day, IntakeOutcome.Taken, 3));
        (await rig.Import(Good)).ShouldBe(new Intake(IntakeRig.Day, IntakeOutcome.Known, 3));

        (await rig.Count()).ShouldBe((1, 3));
        var rows = await rig.Read(db => db.SettlementRows.AsNoTracking().OrderBy(row => row.Id).ToListAsync());
        rows.Select(row => (row.Id, row.Amount, row.Fee, row.Currency, row.OrderId)).ShouldBe(
            [("cap_1", 1250, 43, "EUR", Guid.Parse(Order)), ("cap_2", 700, 35, "USD", null), ("ref_1", -1250, 0, "EUR", Guid.Parse(Order))]);
        rows[1].Reference.ShouldBe("a, \"b\"");
        rows[0].At.ShouldBe(new DateTime(2030, 5, 14, 8, 0, 0, 123, DateTimeKind.Utc));
        (await rig.Read(db => db.Audit.CountAsync(row => row.Subject == "settlement file"))).ShouldBe(1);
    }

    /// <summary>The same file in other notations.</summary>
    static readonly Dictionary<string, Func<string, string>> Alike = new()
    {
        ["a byte order mark"] = file => "\uFEFF" + file,
        ["no line end after the last line"] = file => file[..^2],
        ["half a line end after the last line"] = file => file[..^1],
        ["empty lines after the last line"] = file => file + "\r\n\r\n",
        ["lines that end with LF"] = file => file.Replace("\r\n", "\n"),
        ["lines that end with CR"] = file => file.Replace("\r\n", "\r"),
        ["mixed line ends"] = file => file.Replace("59.999Z\r\n", "59.999Z\n"),
        ["quotes around every field"] = file => Regex.Replace(file, "(?<=^|,|\n)([^,\"\r\n]*)(?=,|\r)", "\"$1\""),
        ["other columns between"] = file => Regex.Replace(file, "^(?<first>[^,\r\n]*),", "${first},batch,", RegexOptions.Multiline),
        ["another order of columns"] = file => string.Join("\r\n", file.Split("\r\n").Select(Turned)),
        ["names in capitals"] = file => file.Replace(SettlementCsv.Header, SettlementCsv.Header.ToUpperInvariant()),
        ["blanks around fields"] = file => file.Replace("cap_2,capture", " cap_2\t, capture "),
        ["nine digits of a second"] = file => file.Replace("00.123Z", "00.123000789Z"),
        ["another offset"] = file => file.Replace("2030-05-14T09:00:00.000Z", "2030-05-14T11:00:00.000+02:00"),
        ["a sum of a currency without rows"] = file => file.Replace("trailer", "sum,,,,,0,0,GBP,\r\ntrailer"),
    };

    public static TheoryData<string> Ways() => [.. Alike.Keys];

    [Theory, MemberData(nameof(Ways))]
    public async Task A_valid_file_is_accepted_in_every_notation(string way)
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        var file = Alike[way](Good);
        file.ShouldNotBe(Good);

        var intake = await rig.Import(file);

        intake.ShouldBe(new Intake(IntakeRig.Day, IntakeOutcome.Taken, 3), intake.Refusal?.Reason);
        var rows = await rig.Read(db => db.SettlementRows.AsNoTracking().OrderBy(row => row.Id).ToListAsync());
        rows.Select(row => (row.Id, row.Operation, row.Amount, row.Fee)).ShouldBe(
            [("cap_1", "capture", 1250, 43), ("cap_2", "capture", 700, 35), ("ref_1", "refund", -1250, 0)]);
        ((long)rows[0].At.TimeOfDay.TotalMilliseconds).ShouldBe((8 * 3600 * 1000) + 123);
    }

    [Theory]
    [InlineData("utf-16", "the file is UTF-16: save it as UTF-8")]
    [InlineData("utf-16BE", "the file is UTF-16: save it as UTF-8")]
    [InlineData("gzip", "the file is compressed: unpack it first")]
    public async Task A_file_in_another_encoding_is_refused_by_name(string encoding, string said)
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        byte[] file = encoding == "gzip" ? [0x1F, 0x8B, 8, 0, 0]
            : [.. Encoding.GetEncoding(encoding).Preamble, .. Encoding.GetEncoding(encoding).GetBytes(Good)];
        Said((await rig.Import(file)).Refusal.ShouldNotBeNull()).ShouldBe(said);
        Said((await rig.Import(file[2..])).Refusal.ShouldNotBeNull()).ShouldNotContain("header has no column");
    }

    /// <summary>The same columns in reverse order.</summary>
    static string Turned(string line) => line.Contains('"') ? string.Join(',', Regex.Split(line, ",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)").Reverse())
        : string.Join(',', line.Split(',').Reverse());

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task A_second_file_for_a_day_is_refused(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode);
        await rig.Import(Good);
        var again = await rig.Import(Good.Replace("cap_2", "cap_3", StringComparison.Ordinal));

        again.Outcome.ShouldBe(IntakeOutcome.Refused);
        FileFinding.Refused(again.Day, again.Refusal.ShouldNotBeNull()).Class.ShouldBe(Classes.SettlementFileChanged);
        again.Refusal.Reason.ShouldStartWith("another file of that day is already imported");
        (await rig.Read(db => db.SettlementRows.AnyAsync(row => row.Id == "cap_3"))).ShouldBeFalse();
        (await rig.Count()).ShouldBe((1, 3));
    }

    [Theory, MemberData(nameof(Mode.Databases), MemberType = typeof(Mode))]
    public async Task An_invalid_file_leaves_no_rows_and_can_be_corrected(Mode mode)
    {
        await using var rig = await IntakeRig.Start(mode, "--Settlements:PageSize=1");
        foreach (var (name, corrupt, said) in Broken)
        {
            var intake = await rig.Import(corrupt(Good));
            intake.Outcome.ShouldBe(IntakeOutcome.Refused, name);
            var finding = FileFinding.Refused(intake.Day, intake.Refusal.ShouldNotBeNull(name));
            (finding.Class, finding.Subject, finding.Remedy).ShouldBe((Classes.SettlementFileRefused, "settlement 2030-05-14", Remedy.Case), name);
            Said(intake.Refusal).ShouldBe(said, name);
            (await rig.Count()).ShouldBe((0, 0), name);
        }

        (await rig.Import(Good)).Outcome.ShouldBe(IntakeOutcome.Taken);
    }

    [Fact]
    public async Task A_file_that_is_not_text_is_refused()
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        var bytes = Encoding.UTF8.GetBytes(Good);
        bytes[Good.IndexOf("cap_2", StringComparison.Ordinal)] = 0xFF;
        Said((await rig.Import(bytes)).Refusal.ShouldNotBeNull()).ShouldEndWith("the file is not UTF-8");
        (await rig.Count()).ShouldBe((0, 0));
    }

    [Fact]
    public async Task An_equal_row_from_another_days_file_is_skipped()
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        await rig.Import(Good);
        var overlap = Good.Replace("cap_2", "cap_3").Replace("ref_1", "ref_3").Replace("T23:59:59.999", "T00:00:00.000")
            .Replace("2030-05-14T00", "2030-05-13T00").Replace("2030-05-14T09", "2030-05-13T09");

        (await rig.Import(overlap, IntakeRig.Day.AddDays(-1))).ShouldBe(new Intake(IntakeRig.Day.AddDays(-1), IntakeOutcome.Taken, 3, Skipped: 1));
        (await rig.Count()).ShouldBe((2, 5));
    }

    [Fact]
    public async Task A_conflicting_row_from_another_days_file_is_refused()
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        await rig.Import(Good);
        var other = Good.Replace("cap_1,capture,auth_1", "cap_1,capture,auth_9").Replace("2030-05-14", "2030-05-13");
        Said((await rig.Import(other, IntakeRig.Day.AddDays(-1))).Refusal.ShouldNotBeNull()).ShouldStartWith(
            "line 2: row cap_1 is in the file of 2030-05-14 with different content: capture of 1250 EUR, fee 43 there");
        (await rig.Count()).ShouldBe((1, 3));
    }

    [Fact]
    public async Task A_file_for_an_unfinished_day_is_refused()
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        var today = await rig.Import(Lines(SettlementCsv.Header, "trailer,0,,,,,,,"), IntakeRig.Day.AddDays(1));
        Said(today.Refusal.ShouldNotBeNull()).ShouldBe("2030-05-15 is not over: its file cannot be complete");
    }

    [Fact]
    public async Task An_empty_file_counts_as_received()
    {
        await using var rig = await IntakeRig.Start(Mode.Embedded);
        (await rig.Import(Lines(SettlementCsv.Header, "trailer,0,,,,,,,"))).ShouldBe(new Intake(IntakeRig.Day, IntakeOutcome.Taken, 0));
        (await rig.Count()).ShouldBe((1, 0));
    }

    static string Said(Refusal refusal) => (refusal.Line > 0 ? $"line {refusal.Line}: " : "") + refusal.Reason;

    static string Lines(params string[] lines) => string.Join("\r\n", lines) + "\r\n";
}
