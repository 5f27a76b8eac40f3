using OrderSaga.Payments;
using OrderSaga.Platform;

var builder = Service.Create(args, "payments");
builder.AddPayments();

var app = builder.Build();
app.MapPayments();
await app.RunService();
