using OrderSaga.Payments;
using OrderSaga.Platform;

return await Start.Of(async () =>
{
    var builder = Service.Create(args, "payments");
    builder.AddPayments();

    var app = builder.Build();
    app.MapPayments();
    await app.RunService();
});
