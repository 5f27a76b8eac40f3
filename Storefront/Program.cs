using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Storefront;

return await ProgramRunner.Run(async () =>
{
    if (ApiKeyCommand.TryRun(args))
        return;

    var builder = Service.Create(args, "storefront");
    builder.AddStorefront();

    var app = builder.Build();
    app.MapStorefront();
    await app.RunService();
});
