using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.SqlServer.Orders
{
    /// <inheritdoc />
    public partial class SwitchesAndLanes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropCheckConstraint(
                name: "ck_orders_state",
                table: "orders");

            migrationBuilder.AddColumn<string>(
                name: "customer",
                table: "orders",
                type: "nvarchar(64)",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "flow",
                table: "orders",
                type: "nvarchar(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "stock-first");

            migrationBuilder.AddColumn<string>(
                name: "lane",
                table: "orders",
                type: "nvarchar(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "main");

            migrationBuilder.AddColumn<long>(
                name: "switch_version",
                table: "orders",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "orders",
                type: "nvarchar(55)",
                maxLength: 55,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "mark",
                table: "audit",
                type: "uniqueidentifier",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "switch_versions",
                columns: table => new
                {
                    number = table.Column<long>(type: "bigint", nullable: false),
                    name = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    killed = table.Column<bool>(type: "bit", nullable: false),
                    rules = table.Column<string>(type: "nvarchar(max)", nullable: false),
                    by_key = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: false),
                    approved_by = table.Column<string>(type: "nvarchar(100)", maxLength: 100, nullable: true),
                    reason = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: false),
                    at = table.Column<DateTime>(type: "datetime2", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_switch_versions", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "switches",
                columns: table => new
                {
                    name = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    in_force = table.Column<long>(type: "bigint", nullable: false),
                    proposed_rules = table.Column<string>(type: "nvarchar(max)", nullable: true),
                    proposed_by = table.Column<string>(type: "nvarchar(64)", maxLength: 64, nullable: true),
                    proposed_reason = table.Column<string>(type: "nvarchar(300)", maxLength: 300, nullable: true),
                    proposed_at = table.Column<DateTime>(type: "datetime2", nullable: true),
                    updated_at = table.Column<DateTime>(type: "datetime2", nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_switches", x => x.name);
                });

            migrationBuilder.AddCheckConstraint(
                name: "ck_orders_state",
                table: "orders",
                sql: "state IN ('Reserving', 'Trying', 'AwaitingPayment', 'AwaitingStock', 'ConfirmingPayment', 'ConfirmingStock', 'Cancelling', 'Completed', 'Cancelled', 'NeedsReview')");

            migrationBuilder.CreateIndex(
                name: "IX_switch_versions_name_number",
                table: "switch_versions",
                columns: new[] { "name", "number" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "switch_versions");

            migrationBuilder.DropTable(
                name: "switches");

            migrationBuilder.DropCheckConstraint(
                name: "ck_orders_state",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "customer",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "flow",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "lane",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "switch_version",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "trace_parent",
                table: "orders");

            migrationBuilder.DropColumn(
                name: "mark",
                table: "audit");

            migrationBuilder.AddCheckConstraint(
                name: "ck_orders_state",
                table: "orders",
                sql: "state IN ('Reserving', 'AwaitingPayment', 'ConfirmingPayment', 'ConfirmingStock', 'Cancelling', 'Completed', 'Cancelled', 'NeedsReview')");
        }
    }
}
