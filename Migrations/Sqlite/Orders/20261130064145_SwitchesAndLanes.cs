using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Orders
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
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "flow",
                table: "orders",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "stock-first");

            migrationBuilder.AddColumn<string>(
                name: "lane",
                table: "orders",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "main");

            migrationBuilder.AddColumn<long>(
                name: "switch_version",
                table: "orders",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "trace_parent",
                table: "orders",
                type: "TEXT",
                maxLength: 55,
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "mark",
                table: "audit",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "switch_versions",
                columns: table => new
                {
                    number = table.Column<long>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    killed = table.Column<bool>(type: "INTEGER", nullable: false),
                    rules = table.Column<string>(type: "TEXT", nullable: false),
                    by_key = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    approved_by = table.Column<string>(type: "TEXT", maxLength: 100, nullable: true),
                    reason = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_switch_versions", x => x.number);
                });

            migrationBuilder.CreateTable(
                name: "switches",
                columns: table => new
                {
                    name = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    in_force = table.Column<long>(type: "INTEGER", nullable: false),
                    proposed_rules = table.Column<string>(type: "TEXT", nullable: true),
                    proposed_by = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    proposed_reason = table.Column<string>(type: "TEXT", maxLength: 300, nullable: true),
                    proposed_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    updated_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false)
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
