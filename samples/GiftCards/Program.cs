using GiftCards;
using OrderSaga.Platform.Hosting;

return await ProgramRunner.Run(async () =>
{
    var builder = Service.Create(args, "giftcards");
    builder.AddGiftCards();

    var app = builder.Build();
    app.MapGiftCards();
    // A sample has no migrations.
    await using (var scope = app.Services.CreateAsyncScope())
        await scope.ServiceProvider.GetRequiredService<GiftCardsDb>().Database.EnsureCreatedAsync(CancellationToken.None);
    await app.RunService();
});
