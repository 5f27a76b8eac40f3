using OrderSaga.Platform;
using OrderSaga.Platform.Http;
using Reconciler.Job;

return await Start.Of(async () =>
{
    if (ApiKeyCommand.Ran(args) || await ReconcileCommand.Ran(args) || await VerifyCommand.Ran(args))
        return;

    var builder = Service.Create(args, "reconciler");
    builder.AddReconciler();

    var app = builder.Build();
    app.MapReconciler();
    await app.RunService();
});
