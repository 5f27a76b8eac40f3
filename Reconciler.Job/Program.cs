using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Verifier;
using Reconciler.Job;

return await ProgramRunner.Run(async () =>
{
    if (ApiKeyCommand.TryRun(args) || await ReconcileCommand.TryRun(args) || await VerifyCommand.TryRun(args))
        return;

    var builder = Service.Create(args, "reconciler");
    builder.AddReconciler();

    var app = builder.Build();
    app.MapReconciler();
    await app.RunService();
});
