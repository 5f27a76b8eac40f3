using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Platform.Processing;
using Pack;

// The test service as a process that can be killed. Send=N: after its start it sends N bumps of "a" in one transaction.
var app = PackSetup.Build(args);
await app.StartAsync();
var count = app.Configuration.GetValue("Send", 0);
await app.Services.GetRequiredService<UnitOfWork<PackDb>>().Run(async work =>
{
    for (var i = 0; i < count; i++)
        await work.Send("bumps", new Bump("a"));
});
Console.WriteLine("sent");
await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, app.Lifetime.ApplicationStopping).ContinueWith(_ => { }, TaskScheduler.Default);
