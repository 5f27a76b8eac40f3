namespace Reconciler.Job;

/// <summary>The sums of money and goods.</summary>
static class ConservationSection
{
    const int Days = 31;

    public static Html Of(ConservationReport sums) => Html.Of($"""
        <h2>Conservation</h2>
        {sums.Money.GroupBy(day => day.Currency).Select(Currency)}
        {Html.If(sums.DriftingOrders.Count > 0, () => Offenders(sums))}
        {Goods(sums)}
        """);

    static Html Currency(IGrouping<string, MoneyBalance> all)
    {
        var days = all.OrderByDescending(day => day.Day).Take(Days).ToList();
        return Html.Of($"""
            <section class="card"><h3>{all.Key}: captured − refunded = settled + not settled yet</h3>
            {Html.If(days.Exists(day => day.Settled != 0 || day.Drift != 0), () => Charts.Days(all.Key, [.. days.AsEnumerable().Reverse()]))}
            <table><thead><tr><th>day</th><th class="n">authorized</th><th class="n">captured</th><th class="n">refunded</th><th class="n">not settled yet</th>
            <th class="n">settled</th><th class="n">fees</th><th class="n">drift</th></tr></thead>
            <tbody>{days.Select(Day)}</tbody></table>
            {Html.If(all.Count() > Days, () => Html.Of($"<p class=\"soft\">The last {Days} of {all.Count()} days; the JSON has all.</p>"))}
            </section>
            """);
    }

    static Html Day(MoneyBalance day) => Html.Of($"""
        <tr><td>{day.Day:yyyy-MM-dd}</td>{Money(day.Authorized, day)}{Money(day.Captured, day)}{Money(day.Refunded, day)}{Money(day.Pending, day)}
        {Money(day.Settled, day)}{Money(day.Fees, day)}<td class="n {CssClass(day.Drift)}">{Amounts.Money(day.Drift, day.Currency)}</td></tr>
        """);

    static Html Money(long amount, MoneyBalance day) => Html.Of($"<td class=\"n\">{Amounts.Money(amount, day.Currency)}</td>");

    static Html Offenders(ConservationReport sums) => Html.Of($"""
        <section class="card"><h3>Orders with money drift: {Amounts.Count(sums.DriftingOrderCount)}</h3>
        <table><thead><tr><th>order or settlement row</th><th>day</th><th class="n">payments less settlement</th></tr></thead>
        <tbody>{sums.DriftingOrders.Select(one => Html.Of($"""
            <tr><td><code>{one.OrderId?.ToString() ?? one.Subject}</code></td><td>{one.Day:yyyy-MM-dd}</td>
            <td class="n bad">{Amounts.Money(one.Off, one.Currency)}</td></tr>
            """))}</tbody></table></section>
        """);

    static Html Goods(ConservationReport sums) => Html.Of($"""
        <section class="card"><h3>Goods: received = available + held + sold</h3>
        <table><thead><tr><th>sku</th><th class="n">received</th><th class="n">receipts</th><th class="n">available</th><th class="n">held</th>
        <th class="n">held by orders</th><th class="n">sold</th><th class="n">sold to orders</th><th class="n">drift</th></tr></thead>
        <tbody>{Sku(sums.Stock, sums.Skus == 1 ? "one sku" : $"all {Amounts.Count(sums.Skus)} skus", sums.StockDrift)}
        {sums.DriftingSkus.Select(sku => Sku(sku, sku.Sku, sku.Drift))}</tbody></table>
        </section>
        """);

    static Html Sku(SkuBalance row, string name, long drift) => Html.Of($"""
        <tr><td>{name}</td><td class="n">{Amounts.Count(row.Received)}</td><td class="n">{Amounts.Count(row.Receipts)}</td>
        <td class="n">{Amounts.Count(row.Available)}</td><td class="n">{Amounts.Count(row.Held)}</td><td class="n">{Amounts.Count(row.HeldByOrders)}</td>
        <td class="n">{Amounts.Count(row.Sold)}</td><td class="n">{Amounts.Count(row.SoldToOrders)}</td>
        <td class="n {CssClass(drift)}">{Amounts.Count(drift)}</td></tr>
        """);

    static string CssClass(long drift) => drift == 0 ? "good" : "bad";
}
