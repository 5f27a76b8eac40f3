using Microsoft.Playwright;

namespace EndToEnd.Tests;

/// <summary>A customer with a real browser: Debian's chromium.</summary>
sealed class Customer : IAsyncDisposable
{
    const string Chromium = "/usr/bin/chromium";

    readonly IPlaywright playwright;
    readonly IBrowser browser;

    Customer(IPlaywright playwright, IBrowser browser) => (this.playwright, this.browser) = (playwright, browser);

    public static async Task<Customer> Start()
    {
        Assert.SkipUnless(File.Exists(Chromium), $"There is no {Chromium}.");
        var started = await Playwright.CreateAsync();
        return new Customer(started, await started.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Chromium,
            Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        }));
    }

    /// <summary>Opens the payment page with its button.</summary>
    public async Task<IPage> Opens(Order order)
    {
        var page = await browser.NewPageAsync();
        await page.GotoAsync(order.Payment.Url!);
        await PayButton(page).WaitForAsync();
        return page;
    }

    /// <summary>Presses the button of a page that may have been open for a long time.</summary>
    public static async Task Pays(IPage page)
    {
        await PayButton(page).ClickAsync();
        await page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Payment complete" }).WaitForAsync();
    }

    static ILocator PayButton(IPage page) => page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Pay EUR 25.00", Exact = true });

    public async ValueTask DisposeAsync()
    {
        await browser.DisposeAsync();
        playwright.Dispose();
    }
}
