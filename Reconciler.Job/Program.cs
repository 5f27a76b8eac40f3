using OrderSaga.Platform;
using Reconciler.Job;

var builder = Service.Create(args, "reconciler");
builder.AddReconciler();

var app = builder.Build();
await app.RunService();
