using OrderSaga.Host;
using OrderSaga.Inventory;
using OrderSaga.Payments;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;
using OrderSaga.Sandbox;
using Orders.Api;
using Orders.Sagas;
using Reconciler.Job;

if (ApiKeyCommand.Ran(args))
    return;

var builder = Embedded.Create(args);
builder.AddOrdersApi();
builder.AddSagas();
builder.AddInventory();
builder.AddPayments();
builder.AddSandbox();
builder.AddReconciler();

var app = builder.Build();
app.MapOrdersApi();
app.MapInventory();
app.MapPayments();
app.MapSandbox();
await app.RunService();
