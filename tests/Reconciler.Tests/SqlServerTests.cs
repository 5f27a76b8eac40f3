using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Migrations;
using OrderSaga.Platform.Database;
using OrderSaga.Verifier;
using Reconciler.Job;
using SqlServerCheck;

namespace Reconciler.Tests;

/// <summary>Queries on SQL Server, checked without a server.</summary>
public sealed class SqlServerTests
{
    static readonly ReadOnlyDatabase Nowhere = new(DatabaseMode.SqlServer, "Server=nowhere");
    static readonly LedgerSettings Settings = new();

    [Fact]
    public void Every_statement_parses_and_resolves_its_columns()
    {
        var settlement = new SettlementLedger(Nowhere, Settings);
        Errors("orders", Statements(new OrdersLedger(Nowhere, Settings))).ShouldBeEmpty();
        Errors("inventory", [.. Statements(new StockLedger(Nowhere, Settings)), StockBalances.Statement(DatabaseMode.SqlServer),
            StockBalances.Statement(DatabaseMode.SqlServer, default(DateTime))]).ShouldBeEmpty();
        Errors("payments", [.. Statements(new PaymentsLedger(Nowhere, Settings)), PaymentsLedger.MovedStatement(DatabaseMode.SqlServer)]).ShouldBeEmpty();
        Errors("reconciler", [.. Statements(settlement), settlement.UnmatchedStatement(default(DateTime)), "SELECT day FROM settlement_files",
            SettlementLedger.OtherKindsStatement(SettlementKinds.OfOrders), SettlementLedger.AcceptedStatement]).ShouldBeEmpty();
        Errors("orders", [Replica.Newest, Replica.Same, Replica.Next]).ShouldBeEmpty();
    }

    [Fact]
    public void Every_verifier_statement_parses_and_resolves()
    {
        const DatabaseMode Mode = DatabaseMode.SqlServer;
        string[] messages = [VerificationSql.Outbox, VerificationSql.FailedMessages, VerificationSql.Seals, VerificationSql.AuditRows];
        Errors("orders", [.. messages, VerificationSql.Expected, VerificationSql.KeysWithoutOrder, VerificationSql.OverdueDeliveries,
            VerificationSql.Placements(Mode), VerificationSql.Audit(Mode),
            VerificationSql.Audited(default(DateTime)), VerificationSql.Known(Mode), VerificationSql.Answers(Mode)]).ShouldBeEmpty();
        Errors("inventory", [.. messages, VerificationSql.Audit(Mode), VerificationSql.Receipts(Mode)]).ShouldBeEmpty();
        Errors("payments", [.. messages, VerificationSql.Audit(Mode), VerificationSql.OverdueAttempts]).ShouldBeEmpty();
        Errors("reconciler", [.. messages, VerificationSql.OpenCases(Mode), VerificationSql.OverdueRuns]).ShouldBeEmpty();
        Errors("sandbox", [VerificationSql.Gateway(Mode), VerificationSql.References]).ShouldBeEmpty();
    }

    [Fact]
    public void A_statement_with_an_unknown_table_is_detected() => Errors("orders", Statements(new StockLedger(Nowhere, Settings))).ShouldNotBeEmpty();

    /// <summary>SQL Server compares the last six bytes first.</summary>
    [Fact]
    public void Ids_sort_as_their_database_sorts_them()
    {
        var (one, other) = (Guid.Parse("01000000-0000-7000-8000-000000000002"), Guid.Parse("02000000-0000-7000-8000-000000000001"));
        DatabaseMode.PostgreSql.IdComparer().Compare(one, other).ShouldBeNegative();
        DatabaseMode.Sqlite.IdComparer().Compare(one, other).ShouldBeNegative();
        DatabaseMode.SqlServer.IdComparer().Compare(one, other).ShouldBePositive();
    }

    static List<string> Statements<T>(Ledger<T> ledger) where T : class
    {
        using var command = new SqlCommand();
        return
        [
            ledger.Statement(new LedgerFilter.After(null), command), ledger.Statement(new LedgerFilter.After(Guid.Empty, Guid.Empty), command),
            ledger.EndStatement(new LedgerFilter.After(Guid.Empty), command),
            ledger.Statement(new LedgerFilter.Only([Guid.Empty]), command), ledger.ChangedStatement,
        ];
    }

    static IReadOnlyList<string> Errors(string database, List<string> statements)
    {
        using var db = Schema.Context(DatabaseMode.SqlServer, database, "Server=nowhere");
        var named = statements.Distinct().ToDictionary(sql => sql, sql => ("@after @end @rows @ids @since @before @pollsBefore", sql));
        return SqlServerScript.Errors(db.Database.GenerateCreateScript(), named);
    }
}
