using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Payments
{
    /// <inheritdoc />
    public partial class WebhookOrder : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "order_id",
                table: "webhooks",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_webhooks_order_id",
                table: "webhooks",
                column: "order_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_webhooks_order_id",
                table: "webhooks");

            migrationBuilder.DropColumn(
                name: "order_id",
                table: "webhooks");
        }
    }
}
