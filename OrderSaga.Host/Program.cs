using OrderSaga.Host;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;
using Reconciler.Job;

return await Start.Of(async () =>
{
    if (ApiKeyCommand.Ran(args) || await ReconciliationDemo.Ran(args) || await VerifyCommand.Ran(args))
        return;

    await Everything.Build(Embedded.Create(args)).RunService();
});
