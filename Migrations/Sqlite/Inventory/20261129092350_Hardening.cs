using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Inventory
{
    /// <inheritdoc />
    public partial class Hardening : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_stock_branches_updated_at",
                table: "stock_branches",
                column: "updated_at");

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages",
                column: "replayed_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_stock_branches_updated_at",
                table: "stock_branches");

            migrationBuilder.DropIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages");
        }
    }
}
