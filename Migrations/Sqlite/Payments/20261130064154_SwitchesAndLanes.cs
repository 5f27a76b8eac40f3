using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Payments
{
    /// <inheritdoc />
    public partial class SwitchesAndLanes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "lane",
                table: "payment_branches",
                type: "TEXT",
                maxLength: 20,
                nullable: false,
                defaultValue: "main");

            migrationBuilder.AddColumn<Guid>(
                name: "mark",
                table: "audit",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "lane",
                table: "payment_branches");

            migrationBuilder.DropColumn(
                name: "mark",
                table: "audit");
        }
    }
}
