namespace OrderSaga.Platform.Http;

/// <summary>The merchants that this process knows by their API keys.</summary>
public sealed class KnownMerchants
{
    readonly ApiKeyRing keys;

    internal KnownMerchants(ApiKeyRing keys) => this.keys = keys;

    /// <summary>The merchants that have a key now.</summary>
    public IReadOnlySet<string> WithKey => keys.Merchants;
}
