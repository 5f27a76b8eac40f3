using Testing;
using Xunit;

namespace OrderSaga.Inventory.Tests;

/// <summary>One empty service for all requests that must not change anything.</summary>
public sealed class EmbeddedHost : IAsyncLifetime
{
    Installation? installation;
    TestHost? host;

    internal TestHost Host => host!;

    public async ValueTask InitializeAsync()
    {
        installation = await Mode.Embedded.Fresh("inventory");
        host = await TestHost.Start(installation);
    }

    public async ValueTask DisposeAsync()
    {
        await host!.DisposeAsync();
        await installation!.DisposeAsync();
    }
}
