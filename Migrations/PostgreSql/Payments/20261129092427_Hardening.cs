using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Payments
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

            migrationBuilder.DropIndex(
                name: "IX_inbox_received_at",
                table: "inbox");

            migrationBuilder.AlterColumn<string>(
                name: "url",
                table: "payment_branches",
                type: "character varying(8192)",
                maxLength: 8192,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(1000)",
                oldMaxLength: 1000,
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "token",
                table: "payment_branches",
                type: "character varying(255)",
                maxLength: 255,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(200)",
                oldMaxLength: 200,
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "answer",
                table: "payment_branches",
                type: "text",
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(2000)",
                oldMaxLength: 2000,
                oldNullable: true);

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
                name: "IX_inbox_received_at",
                table: "inbox",
                column: "received_at");

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
                name: "IX_inbox_received_at",
                table: "inbox");

            migrationBuilder.DropIndex(
                name: "IX_failed_messages_replayed_at",
                table: "failed_messages");

            migrationBuilder.DropColumn(
                name: "captured_amount",
                table: "payment_branches");

            migrationBuilder.DropColumn(
                name: "closes_at",
                table: "payment_attempts");

            migrationBuilder.AlterColumn<string>(
                name: "url",
                table: "payment_branches",
                type: "character varying(1000)",
                maxLength: 1000,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(8192)",
                oldMaxLength: 8192,
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "token",
                table: "payment_branches",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "character varying(255)",
                oldMaxLength: 255,
                oldNullable: true);

            migrationBuilder.AlterColumn<string>(
                name: "answer",
                table: "payment_branches",
                type: "character varying(2000)",
                maxLength: 2000,
                nullable: true,
                oldClrType: typeof(string),
                oldType: "text",
                oldNullable: true);

            migrationBuilder.CreateIndex(
                name: "IX_payment_attempts_next_attempt_at",
                table: "payment_attempts",
                column: "next_attempt_at");

            migrationBuilder.CreateIndex(
                name: "IX_inbox_received_at",
                table: "inbox",
                column: "received_at")
                .Annotation("Npgsql:IndexMethod", "brin");
        }
    }
}
