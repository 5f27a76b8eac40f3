using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.Sqlite.Payments
{
    /// <inheritdoc />
    public partial class Hardening : Migration
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
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "closes_at",
                table: "payment_attempts",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_payment_branches_updated_at",
                table: "payment_branches",
                column: "updated_at");

            migrationBuilder.CreateIndex(
                name: "IX_payment_attempts_updated_at",
                table: "payment_attempts",
                column: "updated_at");

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

            migrationBuilder.CreateIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages",
                column: "replayed_at");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_payment_branches_updated_at",
                table: "payment_branches");

            migrationBuilder.DropIndex(
                name: "IX_payment_attempts_updated_at",
                table: "payment_attempts");

            migrationBuilder.DropIndex(
                name: "ix_payment_attempts_calls",
                table: "payment_attempts");

            migrationBuilder.DropIndex(
                name: "ix_payment_attempts_closing",
                table: "payment_attempts");

            migrationBuilder.DropIndex(
                name: "ix_payment_attempts_polls",
                table: "payment_attempts");

            migrationBuilder.DropIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages");

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
