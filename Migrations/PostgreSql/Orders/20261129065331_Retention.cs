using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Orders
{
    /// <inheritdoc />
    public partial class Retention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_orders_in_review",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "IX_inbox_received_at",
                table: "inbox");

            migrationBuilder.CreateIndex(
                name: "ix_webhook_deliveries_created_at",
                table: "webhook_deliveries",
                column: "created_at");

            migrationBuilder.CreateIndex(
                name: "ix_orders_in_review",
                table: "orders",
                columns: new[] { "updated_at", "id" },
                filter: "state = 'NeedsReview'");

            migrationBuilder.CreateIndex(
                name: "ix_orders_updated_at",
                table: "orders",
                column: "updated_at");

            migrationBuilder.CreateIndex(
                name: "IX_inbox_received_at",
                table: "inbox",
                column: "received_at");

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
                name: "ix_webhook_deliveries_created_at",
                table: "webhook_deliveries");

            migrationBuilder.DropIndex(
                name: "ix_orders_in_review",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "ix_orders_updated_at",
                table: "orders");

            migrationBuilder.DropIndex(
                name: "IX_inbox_received_at",
                table: "inbox");

            migrationBuilder.DropIndex(
                name: "IX_idempotency_keys_created_at",
                table: "idempotency_keys");

            migrationBuilder.DropIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages");

            migrationBuilder.CreateIndex(
                name: "ix_orders_in_review",
                table: "orders",
                column: "updated_at",
                filter: "state = 'NeedsReview'");

            migrationBuilder.CreateIndex(
                name: "IX_inbox_received_at",
                table: "inbox",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");
        }
    }
}
