using Microsoft.Playwright;

namespace OrderSaga.Sandbox.Tests;

/// <summary>The payment page and the API pages in a real browser.</summary>
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
        await using var browser = await Launch(playwright);
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

    [Fact]
    public async Task The_API_pages_obey_their_policy_and_keep_no_key()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"There is no {Chromium}.");
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Launch(playwright);
        var page = await browser.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        var answer = await page.GotoAsync(new Uri(sandbox.Host.Root, "/docs/index.html").ToString());
        (await answer!.HeaderValueAsync("Content-Security-Policy")).ShouldNotBeNull().ShouldStartWith("default-src 'none'; script-src");

        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Authorize" }).First.ClickAsync();
        await page.GetByLabel("Value").First.FillAsync(SandboxHost.Key);
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Apply credentials" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Remove authorization" }).WaitForAsync();
        complaints.ShouldBeEmpty();
        (await page.EvaluateAsync<int>("localStorage.length + sessionStorage.length")).ShouldBe(0);
    }

    static Task<IBrowser> Launch(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
    {
        ExecutablePath = Chromium,
        Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    });
}
