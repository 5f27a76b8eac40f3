using Orders.Api.Erasure;
using OrderSaga.Host;
using OrderSaga.Platform.Hosting;
using OrderSaga.Platform.Http;
using OrderSaga.Verifier;

return await ProgramRunner.Run(async () =>
{
    if (ApiKeyCommand.TryRun(args) || await EraseOrderCommand.TryRun(args) || await ReconciliationDemo.TryRun(args) || await VerifyCommand.TryRun(args))
        return;

    await AllServices.Build(EmbeddedHost.Create(args)).RunService();
});
