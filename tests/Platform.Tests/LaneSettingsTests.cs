using Microsoft.Extensions.Configuration;
using OrderSaga.Platform.Hosting;

namespace Platform.Tests;

/// <summary>Each wrong setting of lanes stops the start and is named.</summary>
public sealed class LaneSettingsTests
{
    const string Vip = "main,vip";

    [Theory]
    [InlineData("", Vip, "", "Lanes:Use is '': it must list main")]
    [InlineData("vip", Vip, "", "Lanes:Use is 'vip': it must list main")]
    [InlineData("main,vip,vip", Vip, "", "Lanes:Use is 'main,vip,vip': it must list main and other lanes once each")]
    [InlineData("main,VIP", Vip, "", "'VIP' is no name of a lane")]
    [InlineData("main,,vip", Vip, "", "'' is no name of a lane")]
    [InlineData("main,replies", Vip, "", "'replies' is no name of a lane")]
    [InlineData(Vip, "grey", "", "Lanes:Serve is 'grey': it must list lanes of Lanes:Use, which is main,vip.")]
    [InlineData(Vip, "main,", "", "Lanes:Serve is 'main,'")]
    [InlineData(Vip, "", "", "Lanes:Serve is ''")]
    [InlineData(Vip, Vip, "grey", "Lanes:TakeOver is 'grey'")]
    [InlineData(Vip, Vip, "main", "Lanes:TakeOver is 'main'")]
    public void A_wrong_lane_stops_the_start(string use, string serve, string takeOver, string message)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Lanes:Use"] = use, ["Lanes:Serve"] = serve, ["Lanes:TakeOver"] = takeOver,
        }).Build();
        Should.Throw<InvalidOperationException>(() => LaneSettings.From(configuration)).Message.ShouldContain(message);
    }
}
