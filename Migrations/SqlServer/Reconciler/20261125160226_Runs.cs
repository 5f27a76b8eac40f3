using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.SqlServer.Reconciler
{
    /// <inheritdoc />
    public partial class Runs : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "cases",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    open_key = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: true, collation: "Latin1_General_100_BIN2"),
                    @class = table.Column<string>(name: "class", type: "nvarchar(60)", maxLength: 60, nullable: false),
                    severity = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    order_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    subject = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true),
                    rule_text = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    evidence = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    remedy = table.Column<string>(type: "nvarchar(30)", maxLength: 30, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "nvarchar(3)", maxLength: 3, nullable: true),
                    reason = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    opened_by_run = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    status = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    assignee = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    opened_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    solved_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    alerted_at = table.Column<DateTime>(type: "datetime2", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_cases", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "findings",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    run_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    finding_key = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: false, collation: "Latin1_General_100_BIN2"),
                    @class = table.Column<string>(name: "class", type: "nvarchar(60)", maxLength: 60, nullable: false),
                    severity = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    order_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    subject = table.Column<string>(type: "nvarchar(200)", maxLength: 200, nullable: true),
                    rule_text = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: false),
                    evidence = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    remedy = table.Column<string>(type: "nvarchar(30)", maxLength: 30, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "nvarchar(3)", maxLength: 3, nullable: true),
                    found_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    outcome = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    case_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    note = table.Column<string>(type: "nvarchar(500)", maxLength: 500, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_findings", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "reconciliation_runs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    kind = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    day = table.Column<DateOnly>(type: "date", nullable: false),
                    order_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    dry_run = table.Column<bool>(type: "bit", nullable: false),
                    requested_by = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    scheduled_for = table.Column<DateTime>(type: "datetime2", nullable: true),
                    until = table.Column<DateTime>(type: "datetime2", nullable: false),
                    since = table.Column<DateTime>(type: "datetime2", nullable: true),
                    state = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    active = table.Column<bool>(type: "bit", nullable: true),
                    lease = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    lease_until = table.Column<DateTime>(type: "datetime2", nullable: false),
                    resumed = table.Column<int>(type: "int", nullable: false),
                    checkpoint_order_id = table.Column<Guid>(type: "uniqueidentifier", nullable: true),
                    created_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    finished_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    orders = table.Column<long>(type: "bigint", nullable: false),
                    orders_expected = table.Column<long>(type: "bigint", nullable: false),
                    found = table.Column<int>(type: "int", nullable: false),
                    known = table.Column<int>(type: "int", nullable: false),
                    repaired = table.Column<int>(type: "int", nullable: false),
                    cases = table.Column<int>(type: "int", nullable: false),
                    conservation = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    error = table.Column<string>(type: "nvarchar(2000)", maxLength: 2000, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_reconciliation_runs", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "repairs",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    run_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    finding_key = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: false, collation: "Latin1_General_100_BIN2"),
                    @class = table.Column<string>(name: "class", type: "nvarchar(60)", maxLength: 60, nullable: false),
                    order_id = table.Column<Guid>(type: "uniqueidentifier", nullable: false),
                    remedy = table.Column<string>(type: "nvarchar(30)", maxLength: 30, nullable: false),
                    amount = table.Column<long>(type: "bigint", nullable: false),
                    currency = table.Column<string>(type: "nvarchar(3)", maxLength: 3, nullable: true),
                    requested_by = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    sent_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    state = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    checked_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    story_before = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    story_after = table.Column<string>(type: "nvarchar(max)", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_repairs", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_cases_alerted_at",
                table: "cases",
                column: "alerted_at");

            migrationBuilder.CreateIndex(
                name: "ix_cases_opened_at",
                table: "cases",
                columns: new[] { "opened_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_cases_open_key",
                table: "cases",
                column: "open_key",
                unique: true,
                filter: "open_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_findings_run_outcome",
                table: "findings",
                columns: new[] { "run_id", "outcome" });

            migrationBuilder.CreateIndex(
                name: "ux_findings_run_key",
                table: "findings",
                columns: new[] { "run_id", "finding_key" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "ix_reconciliation_runs_created_at",
                table: "reconciliation_runs",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_reconciliation_runs_active",
                table: "reconciliation_runs",
                column: "active",
                unique: true,
                filter: "active IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ux_reconciliation_runs_scheduled_for",
                table: "reconciliation_runs",
                columns: new[] { "kind", "scheduled_for" },
                unique: true,
                filter: "scheduled_for IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_repairs_key",
                table: "repairs",
                columns: new[] { "finding_key", "state" });

            migrationBuilder.CreateIndex(
                name: "ix_repairs_run",
                table: "repairs",
                columns: new[] { "run_id", "id" });

            migrationBuilder.CreateIndex(
                name: "ix_repairs_state",
                table: "repairs",
                column: "state");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "cases");

            migrationBuilder.DropTable(
                name: "findings");

            migrationBuilder.DropTable(
                name: "reconciliation_runs");

            migrationBuilder.DropTable(
                name: "repairs");
        }
    }
}
