using OrderSaga.Platform.Hosting;
using OrderSaga.Sandbox;

return await ProgramRunner.Run(async () =>
{
    var builder = Service.Create(args, "sandbox");
    builder.AddSandbox();

    var app = builder.Build();
    app.MapSandbox();
    await app.RunService();
});
