using Orders.Api;
using Orders.Api.Erasure;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;

return await ProgramRunner.Run(async () =>
{
    if (ApiKeyCommand.TryRun(args) || await EraseOrderCommand.TryRun(args))
        return;

    var builder = Service.Create(args, "orders-api");
    builder.AddOrdersApi();

    var app = builder.Build();
    app.MapOrdersApi();
    await app.RunService();
});
