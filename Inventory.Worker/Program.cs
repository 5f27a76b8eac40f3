using OrderSaga.Inventory;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

return await ProgramRunner.Run(async () =>
{
    if (ApiKeyCommand.TryRun(args))
        return;

    var builder = Service.Create(args, "inventory");
    builder.AddInventory();

    var app = builder.Build();
    app.MapInventory();
    await app.RunService();
});
