using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Orders
{
    /// <inheritdoc />
    public partial class Throughput : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            // Bodies live for milliseconds: to compress them costs more than it saves.
            migrationBuilder.Sql("ALTER TABLE outbox ALTER COLUMN body SET STORAGE EXTERNAL");

            migrationBuilder.DropIndex(
                name: "IX_inbox_received_at",
                table: "inbox");

            migrationBuilder.CreateIndex(
                name: "IX_inbox_received_at",
                table: "inbox",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_message_id",
                table: "failed_messages",
                column: "message_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("ALTER TABLE outbox ALTER COLUMN body SET STORAGE EXTENDED");

            migrationBuilder.DropIndex(
                name: "IX_inbox_received_at",
                table: "inbox");

            migrationBuilder.DropIndex(
                name: "IX_failed_messages_message_id",
                table: "failed_messages");

            migrationBuilder.CreateIndex(
                name: "IX_inbox_received_at",
                table: "inbox",
                column: "received_at");
        }
    }
}
