using Orders.Model;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Processing;

namespace Orders.Api.Erasure;

/// <summary>The command <c>erase-order</c>: erases the personal data of one finished order at once.</summary>
public static class EraseOrderCommand
{
    const string Usage = """
        erase-order --id ORDER [SETTINGS]
        Erases from a finished order its idempotency key, reason, customer reference, payment token, payment page and finished webhook deliveries.
        Its amounts, lines and audit stay.
        SETTINGS are those of the service, for example --Data DIR or --Database:Mode PostgreSql --ConnectionStrings:orders "...".
        """;

    /// <summary>Exit code: nothing was changed.</summary>
    const int Refused = 2;

    /// <summary>Runs the command if the arguments name it and returns true.</summary>
    public static async Task<bool> TryRun(string[] args)
    {
        if (args is not ["erase-order", .. var settings])
            return false;
        if (settings is ["--id", var id, ..] && Guid.TryParseExact(id, "D", out var orderId))
            await Erase(orderId, settings[2..]);
        else
            await Refuse(Usage);
        return true;
    }

    static async Task Erase(Guid orderId, string[] settings)
    {
        var builder = Service.Create(settings, "erase-order");
        builder.AddOrdersModel();
        await using var app = builder.Build();
        var unitOfWork = app.Services.GetRequiredService<UnitOfWork<OrdersDb>>();
        var erased = await unitOfWork.Run(async work =>
        {
            var orders = await PersonalData.Erase(work, [orderId]);
            foreach (var order in orders)
                work.Audit(order, order.State, "erase-order", $"by {Environment.UserName}");
            return orders.Count;
        });
        if (erased == 0)
            await Refuse($"Order {orderId} does not exist or is not finished: nothing was erased.");
        else
            await Console.Out.WriteLineAsync($"Erased the personal data of order {orderId}.");
    }

    static Task Refuse(string why)
    {
        Environment.ExitCode = Refused;
        return Console.Error.WriteLineAsync(why);
    }
}
