using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Orders
{
    /// <inheritdoc />
    public partial class DeadlineLooks : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_orders_next_check_at",
                table: "orders");

            migrationBuilder.CreateIndex(
                name: "ix_orders_next_check_at",
                table: "orders",
                column: "next_check_at",
                filter: "next_check_at IS NOT NULL AND payment_url IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_orders_waiting_check_at",
                table: "orders",
                column: "next_check_at",
                filter: "next_check_at IS NOT NULL AND payment_url IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_orders_next_check_at",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_orders_waiting_check_at",
                table: "orders");

            migrationBuilder.CreateIndex(
                name: "ix_orders_next_check_at",
                table: "orders",
                column: "next_check_at",
                filter: "next_check_at IS NOT NULL");
        }
    }
}
