using Microsoft.Playwright;

namespace OrderSaga.Sandbox.Tests;

/// <summary>The payment page in a real browser, as a customer sees it.</summary>
public sealed class BrowserTests(OnSqlite sandbox) : IClassFixture<OnSqlite>
{
    const string Chromium = "/usr/bin/chromium";

    [Theory]
    [InlineData("Pay EUR 12.50", "Payment complete", "succeeded")]
    [InlineData("Decline", "Payment declined", "declined")]
    public async Task A_customer_presses_a_button_and_sees_the_outcome(string button, string shown, string status)
    {
        Assert.SkipUnless(File.Exists(Chromium), $"There is no {Chromium}.");
        var answer = await sandbox.Host.Gateway.AuthorizeHosted();

        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        });
        var page = await browser.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        await page.GotoAsync(answer.Field("url")!);
        (await page.TitleAsync()).ShouldBe("Pay EUR 12.50");
        (await page.GetByText(answer.Field("reference")!).IsVisibleAsync()).ShouldBeTrue();

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = button, Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = shown }).WaitForAsync();
        (await page.GetByRole(AriaRole.Button).CountAsync()).ShouldBe(0);
        complaints.ShouldBeEmpty();
        (await sandbox.Host.Gateway.Ledger($"reference={answer.Field("reference")}")).ShouldBe([$"authorize:{status}"]);
    }
}
