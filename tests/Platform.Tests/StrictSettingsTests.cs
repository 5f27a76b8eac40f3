using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;
using OrderSaga.Platform.Hosting;

namespace Platform.Tests;

/// <summary>A misspelt setting stops the start, because it would have no effect.</summary>
public sealed class StrictSettingsTests
{
    [Fact]
    public void A_misspelt_setting_is_named_with_the_right_ones()
    {
        var message = Should.Throw<InvalidOperationException>(() => Section("Lanes:Server", "main").GetSection("Lanes").GetStrict<LaneSettings>()).Message;
        message.ShouldStartWith("Lanes:Server is not a setting. Lanes has: ");
        message.ShouldContain("Serve, ");
        message.ShouldNotContain("Served", Case.Sensitive);
    }

    [Theory]
    [InlineData("Lanes:Serve")]
    [InlineData("LANES:SERVE")]
    public void A_setting_may_be_written_in_any_case(string name) =>
        Section(name, "main").GetSection("Lanes").GetStrict<LaneSettings>().Serve.ShouldBe("main");

    [Fact]
    public void A_section_without_settings_has_the_defaults() =>
        Section("Other:Name", "1").GetSection("Lanes").GetStrict<LaneSettings>().Use.ShouldBe("main");

    [Fact]
    public void A_name_that_is_read_elsewhere_is_accepted() =>
        DatabaseSettings.From(Section("Database:Mode", "Sqlite")).LockTimeoutMilliseconds.ShouldBe(500);

    static IConfigurationRoot Section(string name, string value) =>
        new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { [name] = value }).Build();
}
