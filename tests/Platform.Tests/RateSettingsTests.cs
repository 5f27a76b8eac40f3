using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Http;
using OrderSaga.Platform.Rates;

namespace Platform.Tests;

/// <summary>Rates in the settings and in the key file.</summary>
public sealed class RateSettingsTests
{
    [Fact]
    public void Without_settings_a_key_has_fifty_queries_a_second()
    {
        var settings = new QueryRateSettings();
        settings.Check();
        BucketLimit.Of("queries", settings.KeyPerSecond, settings.KeyBurst)!.Policy.ShouldBe("\"queries\";q=100;w=2");
    }

    [Theory]
    [InlineData("Rates:Mode", "Redis", "Rates:Mode must be Local.")]
    [InlineData("Rates:MaxCallers", "10", "Rates:MaxCallers must be 1000 to 10000000.")]
    [InlineData("Rates:Query:KeyPerSecond", "-1", "Rates:Query:KeyPerSecond must be 0 to 100000.")]
    [InlineData("Rates:Query:KeyBurst", "49", "Rates:Query:KeyBurst must be KeyPerSecond to 3600 times KeyPerSecond.")]
    [InlineData("Rates:Query:MerchantPerSecond", "100001", "Rates:Query:MerchantPerSecond must be 0 to 100000.")]
    [InlineData("Rates:Query:ItemsPerQuery", "0", "Rates:Query:ItemsPerQuery must be 1 to 100.")]
    [InlineData("Rates:Query:KeyPerSec", "5", "Rates:Query:KeyPerSec is not a setting.")]
    public void An_invalid_setting_is_refused(string name, string value, string sentence)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [name] = value }).Build();
        Should.Throw<InvalidOperationException>(() =>
        {
            configuration.GetSection("Rates").GetStrict<RateSettings>("Query").Check();
            configuration.GetSection("Rates:Query").GetStrict<QueryRateSettings>().Check();
        }).Message.ShouldStartWith(sentence);
    }

    [Fact]
    public void A_key_can_have_rates_of_its_own()
    {
        var limits = Read("""{"Place":{"PerSecond":50,"Burst":200},"query":{"persecond":5}}""")!;
        limits.Placements!.Policy.ShouldBe("\"placements\";q=200;w=4");
        limits.Queries!.Policy.ShouldBe("\"queries\";q=10;w=2");
        Read("""{"Query":{"PerSecond":5}}""")!.Placements.ShouldBeNull();
    }

    [Theory]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"Place":5}""")]
    [InlineData("""{"Place":null}""")]
    [InlineData("""{"Place":{}}""")]
    [InlineData("""{"Place":{"Burst":5}}""")]
    [InlineData("""{"Place":{"PerSecond":0}}""")]
    [InlineData("""{"Place":{"PerSecond":-5}}""")]
    [InlineData("""{"Place":{"PerSecond":1.5}}""")]
    [InlineData("""{"Place":{"PerSecond":100001}}""")]
    [InlineData("""{"Place":{"PerSecond":9999999999}}""")]
    [InlineData("""{"Place":{"PerSecond":"fast"}}""")]
    [InlineData("""{"Place":{"PerSecond":5,"Burst":4}}""")]
    [InlineData("""{"Place":{"PerSecond":5,"Max":9}}""")]
    [InlineData("""{"Place":{"PerSecond":5},"Delete":{"PerSecond":5}}""")]
    public void Invalid_rates_of_a_key_are_refused(string rates) =>
        Should.Throw<InvalidRatesException>(() => Read(rates)).Message.ShouldStartWith("Rates must be as in");

    static KeyLimits? Read(string rates) => KeyLimits.Read(JsonDocument.Parse(rates).RootElement);
}
