using OrderSaga.Host;
using OrderSaga.Platform;
using OrderSaga.Platform.Http;

if (ApiKeyCommand.Ran(args) || await ReconciliationDemo.Ran(args))
    return;

await Everything.Build(Embedded.Create(args)).RunService();
