using Microsoft.EntityFrameworkCore;
using OrderSaga.Contracts;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Processing;
using OrderSaga.Platform.Switches;

namespace Orders.Model.Switches;

/// <summary>The switches of orders and what their rules can name. The placement decides; every later step reads the decision from the order.</summary>
public static class OrderSwitches
{
    public const string Flow = "flow";
    public const string Lane = "lane";

    const string Merchant = "merchant";
    const string Customer = "customer";
    const string CustomerRole = "customerRole";
    const string KeyRole = "keyRole";
    const string Product = "product";
    const string Class = "class";

    static readonly string[] Units = ["orders", "customers", "merchants"];

    static readonly SwitchDimension[] Dimensions =
    [
        new(Merchant, FieldRules.IsMerchant), new(Customer, FieldRules.IsCustomer, Within: Merchant), new(CustomerRole, FieldRules.IsCustomerRole),
        new(KeyRole, Roles.All.Contains), new(Product, FieldRules.IsSku, HasSeveralNames: true), new(Class, FieldRules.IsClass),
    ];

    /// <summary>The switches, to decide by rules that are in force.</summary>
    public static IReadOnlyList<SwitchDefinition> All { get; } =
    [
        new(Flow, "The version of the order process.", OrderFlows.All, Dimensions, Units),
        new(Lane, "The lane whose queues carry the order.", OrderLanes.All, Dimensions, Units),
    ];

    /// <summary>The switches with checks of the names in new rules.</summary>
    /// <param name="settings">Has the order classes.</param>
    /// <param name="merchants">Called by each check: at the start there may be no API keys yet.</param>
    /// <param name="lanes">The lanes in use.</param>
    public static IReadOnlyList<SwitchDefinition> Checked(OrderSettings settings, Func<KnownMerchants> merchants, LaneSettings lanes) =>
    [
        .. All.Select(one => one with
        {
            Dimensions = [.. one.Dimensions.Select(dimension => Checked(dimension, settings, merchants))],
            Offered = one.Name == Lane ? lanes.Used : one.Values,
        }),
    ];

    static SwitchDimension Checked(SwitchDimension dimension, OrderSettings settings, Func<KnownMerchants> merchants) => dimension.Name switch
    {
        Merchant => dimension with { FindUnknown = (db, names) => UnknownMerchants(db, names, merchants()) },
        Product => dimension with { FindUnknown = UnknownProducts },
        Class => dimension with
        {
            FindUnknown = (_, names) => Task.FromResult<IReadOnlyList<string>>([.. names.Where(name => !settings.TimeToPay.HasClass(name))]),
        },
        _ => dimension,
    };

    /// <summary>What the rules see of an order.</summary>
    public static SwitchSubject Subject(OrderFacts order)
    {
        var names = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal) { [Merchant] = [order.Merchant], [Product] = order.Skus };
        var units = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["merchants"] = order.Merchant,
            ["orders"] = $"{order.Merchant}\n{order.IdempotencyKey}",
        };
        if (order.Customer is { } customer)
        {
            names[Customer] = [customer];
            units["customers"] = $"{order.Merchant}\n{customer}";
        }

        if (order.CustomerRole is { } role)
            names[CustomerRole] = [role];
        if (order.KeyRoles.Count > 0)
            names[KeyRole] = order.KeyRoles;
        if (order.Class is { } orderClass)
            names[Class] = [orderClass];
        return new SwitchSubject(names, units);
    }

    /// <summary>A merchant has an API key, or, over the bus, an order.</summary>
    static async Task<IReadOnlyList<string>> UnknownMerchants(ServiceDb db, IReadOnlyList<string> names, KnownMerchants merchants)
    {
        var unknown = new List<string>();
        foreach (var name in names.Except(merchants.WithKey))
            if (!await ((OrdersDb)db).Orders.AnyAsync(order => order.Merchant == name))
                unknown.Add(name);
        return unknown;
    }

    static async Task<IReadOnlyList<string>> UnknownProducts(ServiceDb db, IReadOnlyList<string> names) =>
        [.. names.Except(await ((OrdersDb)db).Products.Where(product => names.Contains(product.Sku)).Select(product => product.Sku).ToListAsync())];
}
