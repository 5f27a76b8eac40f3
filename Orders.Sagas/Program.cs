using Orders.Sagas;
using OrderSaga.Platform.Hosting;

return await ProgramRunner.Run(async () =>
{
    var builder = Service.Create(args, "sagas");
    builder.AddSagas();

    var app = builder.Build();
    await app.RunService();
});
