using OrderSaga.Payments;
using OrderSaga.Platform.Hosting;

return await ProgramRunner.Run(async () =>
{
    var builder = Service.Create(args, "payments");
    builder.AddPayments();

    var app = builder.Build();
    app.MapPayments();
    await app.RunService();
});
