using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Reconciler
{
    /// <inheritdoc />
    public partial class Retention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
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
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
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
        }
    }
}
