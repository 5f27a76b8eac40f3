using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Orders
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
                type: "INTEGER",
                nullable: true);

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

            migrationBuilder.AddCheckConstraint(
                name: "ck_webhook_deliveries_state",
                table: "webhook_deliveries",
                sql: "state IN ('Pending', 'Delivered', 'GivenUp')");
        }
    }
}
