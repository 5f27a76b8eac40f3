namespace OrderSaga.Bench;

/// <summary>Checks the sums of goods and money after all orders are final.</summary>
static class Conservation
{
    /// <param name="trial">Receives the violations.</param>
    /// <param name="databases">The three databases.</param>
    /// <param name="orders">Expected number of completed orders.</param>
    public static async Task<bool> Holds(Trial trial, BenchDatabases databases, int orders)
    {
        var (goods, money, ends) = (databases.Inventory, databases.Payments, databases.Orders);
        var completed = await ends.Number("SELECT count(*) FROM orders WHERE state = 'Completed'");
        (string What, long Is, long MustBe)[] rules =
        [
            ("orders completed", completed, orders),
            ("orders", await ends.Number("SELECT count(*) FROM orders"), orders),
            ("idempotency keys", await ends.Number("SELECT count(*) FROM idempotency_keys"), orders),
            ("stock branches confirmed", await goods.Number("SELECT count(*) FROM stock_branches WHERE state = 'Confirmed'"), orders),
            ("pieces held", await goods.Number("SELECT sum(held) FROM stock"), 0),
            ("skus that are not conserved", await goods.Number("SELECT count(*) FROM stock WHERE received <> available + held + sold"), 0),
            ("skus sold otherwise than by their orders", await goods.Number(SoldOtherwise), 0),
            ("payments confirmed", await money.Number("SELECT count(*) FROM payment_branches WHERE state = 'Confirmed'"), orders),
            ("money taken", await money.Number("SELECT coalesce(sum(amount), 0) FROM payment_branches"),
                await ends.Number("SELECT coalesce(sum(total), 0) FROM orders")),
            ("outbox rows of orders", await ends.Number("SELECT count(*) FROM outbox"), 0),
            ("outbox rows of inventory", await goods.Number("SELECT count(*) FROM outbox"), 0),
            ("outbox rows of payments", await money.Number("SELECT count(*) FROM outbox"), 0),
        ];
        var broken = rules.Where(rule => rule.Is != rule.MustBe).ToList();
        foreach (var (what, found, mustBe) in broken)
            trial.AddNote($"broken: {what}", $"{found}, must be {mustBe}");
        return broken.Count == 0;
    }

    const string SoldOtherwise = """
        SELECT count(*) FROM stock
        FULL JOIN (SELECT line->>'sku' AS sku, sum((line->>'quantity')::bigint) AS ordered
                   FROM stock_branches, json_array_elements(lines::json) line WHERE state = 'Confirmed' GROUP BY 1) branches USING (sku)
        WHERE coalesce(stock.sold, 0) <> coalesce(branches.ordered, 0)
        """;
}
