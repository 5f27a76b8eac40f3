using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Payments
{
    /// <inheritdoc />
    public partial class PollsApart : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_payment_attempts_next_attempt_at",
                table: "payment_attempts");

            migrationBuilder.AddColumn<long>(
                name: "captured_amount",
                table: "payment_branches",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "closes_at",
                table: "payment_attempts",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_payment_attempts_calls",
                table: "payment_attempts",
                column: "next_attempt_at",
                filter: "state IN ('Sent', 'Unknown')");

            migrationBuilder.CreateIndex(
                name: "ix_payment_attempts_closing",
                table: "payment_attempts",
                column: "closes_at",
                filter: "state = 'Pending'");

            migrationBuilder.CreateIndex(
                name: "ix_payment_attempts_polls",
                table: "payment_attempts",
                column: "next_attempt_at",
                filter: "state IN ('Pending', 'Declined') AND next_attempt_at IS NOT NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_payment_attempts_calls",
                table: "payment_attempts");

            migrationBuilder.DropIndex(
                name: "ix_payment_attempts_closing",
                table: "payment_attempts");

            migrationBuilder.DropIndex(
                name: "ix_payment_attempts_polls",
                table: "payment_attempts");

            migrationBuilder.DropColumn(
                name: "captured_amount",
                table: "payment_branches");

            migrationBuilder.DropColumn(
                name: "closes_at",
                table: "payment_attempts");

            migrationBuilder.CreateIndex(
                name: "IX_payment_attempts_next_attempt_at",
                table: "payment_attempts",
                column: "next_attempt_at");
        }
    }
}
