using OrderSaga.Inventory;
using OrderSaga.Platform;

var builder = Service.Create(args, "inventory");
builder.AddInventory();

var app = builder.Build();
app.MapInventory();
await app.RunService();
