using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Orders
{
    /// <inheritdoc />
    public partial class Hardening : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries");

            migrationBuilder.DropIndex(
                name: "ix_orders_in_review",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_orders_next_check_at",
                table: "orders");

            migrationBuilder.AddColumn<int>(
                name: "slot",
                table: "webhook_endpoints",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ux_webhook_endpoints_slot",
                table: "webhook_endpoints",
                columns: new[] { "merchant", "slot" },
                unique: true,
                filter: "slot IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_created_at",
                table: "webhook_deliveries",
                column: "created_at");

            migrationBuilder.AddCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries",
                sql: "state IN ('Pending', 'Delivered', 'GivenUp', 'Missed')");

            migrationBuilder.CreateIndex(
                name: "ix_orders_in_review",
                table: "orders",
                columns: new[] { "updated_at", "id" },
                filter: "state = 'NeedsReview'");

            migrationBuilder.CreateIndex(
                name: "ix_orders_next_check_at",
                table: "orders",
                column: "next_check_at",
                filter: "next_check_at IS NOT NULL AND payment_url IS NULL");

            migrationBuilder.CreateIndex(
                name: "ix_orders_updated_at",
                table: "orders",
                column: "updated_at");

            migrationBuilder.CreateIndex(
                name: "ix_orders_waiting_check_at",
                table: "orders",
                column: "next_check_at",
                filter: "next_check_at IS NOT NULL AND payment_url IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_idempotency_keys_created_at",
                table: "idempotency_keys",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages",
                column: "replayed_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ux_webhook_endpoints_slot",
                table: "webhook_endpoints");

            migrationBuilder.DropIndex(
                name: "ix_webhook_deliveries_created_at",
                table: "webhook_deliveries");

            migrationBuilder.DropCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries");

            migrationBuilder.DropIndex(
                name: "ix_orders_in_review",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_orders_next_check_at",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_orders_updated_at",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_orders_waiting_check_at",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "IX_idempotency_keys_created_at",
                table: "idempotency_keys");

            migrationBuilder.DropIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages");

            migrationBuilder.DropColumn(
                name: "slot",
                table: "webhook_endpoints");

            migrationBuilder.AddCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries",
                sql: "state IN ('Pending', 'Delivered', 'GivenUp')");

            migrationBuilder.CreateIndex(
                name: "ix_orders_in_review",
                table: "orders",
                column: "updated_at",
                filter: "state = 'NeedsReview'");

            migrationBuilder.CreateIndex(
                name: "ix_orders_next_check_at",
                table: "orders",
                column: "next_check_at",
                filter: "next_check_at IS NOT NULL");
        }
    }
}
