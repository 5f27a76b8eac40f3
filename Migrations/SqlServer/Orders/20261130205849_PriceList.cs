using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Migrations.SqlServer.Orders
{
    /// <inheritdoc />
    public partial class PriceList : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "changed",
                table: "products",
                type: "bigint",
                nullable: false,
                defaultValue: 0L);

            migrationBuilder.CreateTable(
                name: "price_list",
                columns: table => new
                {
                    name = table.Column<string>(type: "nvarchar(20)", maxLength: 20, nullable: false),
                    version = table.Column<long>(type: "bigint", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_price_list", x => x.name);
                });

            // Prices that exist get numbers, too: each copy reads them as changes.
            migrationBuilder.Sql("""
                UPDATE products SET changed = numbered.number
                FROM (SELECT sku AS numbered_sku, ROW_NUMBER() OVER (ORDER BY updated_at, sku) AS number FROM products) AS numbered
                WHERE numbered.numbered_sku = products.sku
                """);
            migrationBuilder.Sql("INSERT INTO price_list (name, version) SELECT 'products', COUNT(*) FROM products HAVING COUNT(*) > 0");

            migrationBuilder.CreateIndex(
                name: "ix_products_changed",
                table: "products",
                column: "changed",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "price_list");

            migrationBuilder.DropIndex(
                name: "ix_products_changed",
                table: "products");

            migrationBuilder.DropColumn(
                name: "changed",
                table: "products");
        }
    }
}
