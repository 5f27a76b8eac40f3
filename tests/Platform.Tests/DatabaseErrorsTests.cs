using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using OrderSaga.Platform.Database;
using static OrderSaga.Platform.Database.FailureKind;

namespace Platform.Tests;

/// <summary>The classification of each engine's error codes.</summary>
public sealed class DatabaseErrorsTests
{
    [Theory]
    [InlineData(Conflict, "23505")]
    [InlineData(Locked, "55P03 57014 40001 40P01 40003")]
    // Read-only; cancelled or timed out; shutdown, crash, starting up, dropped, idle session.
    [InlineData(Unavailable, "25006 25P03 25P04 57P01 57P02 57P03 57P04 57P05 57000")]
    // Too many connections, disk, memory, a configured limit; I/O, system files; connections.
    [InlineData(Unavailable, "53300 53100 53200 53400 53000 58000 58030 58P01 08000 08001 08003 08004 08006 08P01")]
    // Password, authorization, missing database or schema; permissions, tables and columns that a migration has yet to create; a pooler's
    // mix-up.
    [InlineData(Unavailable, "28000 28P01 3D000 3F000 42501 42P01 42703 26000 42P05 55006")]
    // The message's content: too long, not a number, a NUL, not null, foreign key, check, syntax; an error raised by a trigger; an internal
    // error.
    [InlineData(Permanent, "22001 22003 22021 22P02 23502 23503 23514 42601 P0001 XX000 0A000 54000 25P02")]
    public void PostgreSQL_error_codes_are_classified(FailureKind kind, string states)
    {
        foreach (var state in states.Split(' '))
            DatabaseErrors.Classify(new DbUpdateException("saving", new PostgresException("no", "ERROR", "ERROR", state))).ShouldBe(kind, state);
    }

    [Fact]
    public void A_stale_cached_plan_is_retried()
    {
        Of("cached plan must not change result type").ShouldBe(Conflict);
        Of("cannot use column reference in DEFAULT expression").ShouldBe(Permanent);

        static FailureKind Of(string message) => DatabaseErrors.Classify(new PostgresException(message, "ERROR", "ERROR", "0A000"));
    }

    [Theory]
    [InlineData(Conflict, "19/2067 19/1555 5/517 6/6 6/262 17/17")]
    [InlineData(Locked, "5/5 5/261 5/773")]
    // Memory, read-only, interrupted, disk, corrupted, full, cannot open, protocol, not a database.
    [InlineData(Unavailable, "7/7 8/8 8/264 8/776 9/9 10/10 10/778 10/2570 11/11 13/13 14/14 15/15 22/22 23/23 26/26")]
    [InlineData(Permanent, "1/1 19/787 19/1299 19/275 20/20 25/25 18/18")]
    public void SQLite_error_codes_are_classified(FailureKind kind, string codes)
    {
        foreach (var code in codes.Split(' ').Select(pair => pair.Split('/').Select(int.Parse).ToArray()))
            DatabaseErrors.Classify(new SqliteException("no", code[0], code[1])).ShouldBe(kind, $"{code[0]}/{code[1]}");
    }

    [Theory]
    [InlineData(Conflict, "2627 2601")]
    [InlineData(Locked, "-2 1222 1205 3960 3961")]
    // Read-only, log full, disk full; availability groups; restoring, offline, in transition; shutdown, memory; login, permissions, schema;
    // Azure.
    [InlineData(Unavailable, "3906 9002 1105 1101 976 978 979 981 982 983 927 942 952 6005 701 8645")]
    [InlineData(Unavailable, "18456 18401 229 208 207 4060 40613 40501 49918 10928 -1 53 10054")]
    [InlineData(Permanent, "515 547 2628 8152 245 102 50000")]
    public void SQL_Server_error_numbers_are_classified(FailureKind kind, string numbers)
    {
        foreach (var number in numbers.Split(' ').Select(int.Parse))
            DatabaseErrors.ClassifySqlServer(number, severity: 16).ShouldBe(kind, $"{number}");
    }

    [Fact]
    public void An_error_that_closes_the_connection_is_transient() => DatabaseErrors.ClassifySqlServer(50000, severity: 20).ShouldBe(Unavailable);

    [Fact]
    public void A_non_database_error_is_permanent() => DatabaseErrors.Classify(new InvalidOperationException("a bug")).ShouldBe(Permanent);

    [Fact]
    public void A_broken_connection_is_transient() =>
        DatabaseErrors.Classify(new InvalidOperationException("transient", new NpgsqlException("reading", new IOException("reset")))).ShouldBe(Unavailable);

    [Fact]
    public void Only_a_server_that_refuses_writes_is_read_only()
    {
        DatabaseErrors.IsReadOnly(new DbUpdateException("saving", new PostgresException("no", "ERROR", "ERROR", "25006"))).ShouldBeTrue();
        DatabaseErrors.IsReadOnly(new PostgresException("no", "ERROR", "ERROR", "25P03")).ShouldBeFalse();
    }
}
