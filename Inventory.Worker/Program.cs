using OrderSaga.Inventory;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;

return await Start.Of(async () =>
{
    if (ApiKeyCommand.Ran(args))
        return;

    var builder = Service.Create(args, "inventory");
    builder.AddInventory();

    var app = builder.Build();
    app.MapInventory();
    await app.RunService();
});
