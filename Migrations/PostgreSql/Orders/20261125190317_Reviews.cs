using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.PostgreSql.Orders
{
    /// <inheritdoc />
    public partial class Reviews : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "ix_orders_in_review",
                table: "orders",
                column: "updated_at",
                filter: "state = 'NeedsReview'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_orders_in_review",
                table: "orders");
        }
    }
}
