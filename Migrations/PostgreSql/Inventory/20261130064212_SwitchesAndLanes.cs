using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Inventory
{
    /// <inheritdoc />
    public partial class SwitchesAndLanes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "lane",
                table: "stock_branches",
                type: "character varying(20)",
                maxLength: 20,
                nullable: false,
                defaultValue: "main");

            migrationBuilder.AddColumn<Guid>(
                name: "mark",
                table: "audit",
                type: "uuid",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "lane",
                table: "stock_branches");

            migrationBuilder.DropColumn(
                name: "mark",
                table: "audit");
        }
    }
}
