using Orders.Sagas;
using OrderSaga.Platform;

return await Start.Of(async () =>
{
    var builder = Service.Create(args, "sagas");
    builder.AddSagas();

    var app = builder.Build();
    await app.RunService();
});
