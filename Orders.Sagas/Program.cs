using Orders.Sagas;
using OrderSaga.Platform;

var builder = Service.Create(args, "sagas");
builder.AddSagas();

var app = builder.Build();
await app.RunService();
