namespace OrderSaga.Sandbox.Tests;

/// <summary>What the start says.</summary>
public sealed class StartTests
{
    [Theory]
    [InlineData("Production", true)]
    [InlineData("Development", false)]
    public async Task In_production_the_start_warns_that_no_money_moves(string environment, bool warns)
    {
        await using var host = await SandboxHost.Start($"environment={environment}");
        host.Log.Lines.Any(line => line.Contains("no money moves", StringComparison.Ordinal)).ShouldBe(warns);
    }
}
