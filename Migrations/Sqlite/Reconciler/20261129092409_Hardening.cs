using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Reconciler
{
    /// <inheritdoc />
    public partial class Hardening : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_settlement_rows_operation",
                table: "settlement_rows");

            migrationBuilder.AddColumn<string>(
                name: "fingerprint",
                table: "findings",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<int>(
                name: "alert_attempts",
                table: "cases",
                type: "INTEGER",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<string>(
                name: "fingerprint",
                table: "cases",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "next_alert_at",
                table: "cases",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "accepted_differences",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    finding_key = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false, collation: "BINARY"),
                    fingerprint = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    case_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    @class = table.Column<string>(name: "class", type: "TEXT", maxLength: 60, nullable: false),
                    order_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    subject = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: true),
                    accepted_by = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    accepted_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    revoked_at = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_accepted_differences", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "settlement_files_superseded",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    day = table.Column<DateOnly>(type: "TEXT", nullable: false),
                    hash = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    row_count = table.Column<long>(type: "INTEGER", nullable: false),
                    imported_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ended_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    ended_by = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    reason = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settlement_files_superseded", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "settlement_rows_superseded",
                columns: table => new
                {
                    file_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false, collation: "BINARY"),
                    operation = table.Column<string>(type: "TEXT", maxLength: 60, nullable: false),
                    authorization_id = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    reference = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    order_id = table.Column<Guid>(type: "TEXT", nullable: true),
                    amount = table.Column<long>(type: "INTEGER", nullable: false),
                    fee = table.Column<long>(type: "INTEGER", nullable: false),
                    currency = table.Column<string>(type: "TEXT", maxLength: 3, nullable: false),
                    at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_settlement_rows_superseded", x => new { x.file_id, x.id });
                    table.ForeignKey(
                        name: "FK_settlement_rows_superseded_settlement_files_superseded_file_id",
                        column: x => x.file_id,
                        principalTable: "settlement_files_superseded",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Restrict);
                });

            migrationBuilder.CreateIndex(
                name: "ix_repairs_checked_at",
                table: "repairs",
                column: "checked_at");

            migrationBuilder.CreateIndex(
                name: "ix_repairs_order_id",
                table: "repairs",
                column: "order_id");

            migrationBuilder.CreateIndex(
                name: "ix_findings_found_at",
                table: "findings",
                column: "found_at");

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages",
                column: "replayed_at");

            migrationBuilder.CreateIndex(
                name: "ix_cases_open",
                table: "cases",
                column: "id",
                filter: "open_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_cases_order_id",
                table: "cases",
                column: "order_id");

            migrationBuilder.CreateIndex(
                name: "ix_cases_solved_at",
                table: "cases",
                column: "solved_at");

            migrationBuilder.CreateIndex(
                name: "ix_accepted_differences_accepted_at",
                table: "accepted_differences",
                columns: new[] { "accepted_at", "id" });

            migrationBuilder.CreateIndex(
                name: "ux_accepted_differences_key",
                table: "accepted_differences",
                column: "finding_key",
                unique: true,
                filter: "revoked_at IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_settlement_files_superseded_day",
                table: "settlement_files_superseded",
                columns: new[] { "day", "ended_at" });

            migrationBuilder.CreateIndex(
                name: "ix_settlement_files_superseded_ended_at",
                table: "settlement_files_superseded",
                column: "ended_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "accepted_differences");

            migrationBuilder.DropTable(
                name: "settlement_rows_superseded");

            migrationBuilder.DropTable(
                name: "settlement_files_superseded");

            migrationBuilder.DropIndex(
                name: "ix_repairs_checked_at",
                table: "repairs");

            migrationBuilder.DropIndex(
                name: "ix_repairs_order_id",
                table: "repairs");

            migrationBuilder.DropIndex(
                name: "ix_findings_found_at",
                table: "findings");

            migrationBuilder.DropIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages");

            migrationBuilder.DropIndex(
                name: "ix_cases_open",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "ix_cases_order_id",
                table: "cases");

            migrationBuilder.DropIndex(
                name: "ix_cases_solved_at",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "fingerprint",
                table: "findings");

            migrationBuilder.DropColumn(
                name: "alert_attempts",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "fingerprint",
                table: "cases");

            migrationBuilder.DropColumn(
                name: "next_alert_at",
                table: "cases");

            migrationBuilder.AddCheckConstraint(
                name: "ck_settlement_rows_operation",
                table: "settlement_rows",
                sql: "operation IN ('capture', 'refund')");
        }
    }
}
