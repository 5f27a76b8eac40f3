using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Orders
{
    /// <inheritdoc />
    public partial class FieldRulesAndFairShares : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries");

            migrationBuilder.AddColumn<int>(
                name: "slot",
                table: "webhook_endpoints",
                type: "integer",
                nullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "payment_url",
                table: "orders",
                type: "character varying(8192)",
                maxLength: 8192,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(2000)",
                oldMaxLength: 2000,
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "ux_webhook_endpoints_slot",
                table: "webhook_endpoints",
                columns: new[] { "merchant", "slot" },
                unique: true,
                filter: "slot IS NOT NULL");

            migrationBuilder.AddCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries",
                sql: "state IN ('Pending', 'Delivered', 'GivenUp', 'Missed')");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ux_webhook_endpoints_slot",
                table: "webhook_endpoints");

            migrationBuilder.DropCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries");

            migrationBuilder.DropColumn(
                name: "slot",
                table: "webhook_endpoints");

            migrationBuilder.AlterColumn<string>(
                name: "payment_url",
                table: "orders",
                type: "character varying(2000)",
                maxLength: 2000,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(8192)",
                oldMaxLength: 8192,
                oldNullable: true);

            migrationBuilder.AddCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries",
                sql: "state IN ('Pending', 'Delivered', 'GivenUp')");
        }
    }
}
