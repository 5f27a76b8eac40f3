using System.Diagnostics;
using System.Globalization;

namespace EndToEnd.Tests;

/// <summary>The disk is full: no promise is broken, and no operator is needed once there is space again.</summary>
public sealed class DiskTests
{
    [Fact]
    public async Task A_full_disk_refuses_orders_until_space_returns()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(), "Only root can mount a small disk.");
        await using var disk = await SmallDisk.Mount(megabytes: 32);
        await using var system = await Running.Start(Mode.Embedded, new Setup { Disk = disk.Directory });
        using var shop = new Shop(system, system.ApiKey);
        var sku = await shop.NewSku(1000);

        disk.Fill();
        List<Guid> taken = [];
        HashSet<string> refused = [];
        await Eventually.Holds("orders are refused", async () =>
        {
            var key = $"full-{Guid.CreateVersion7():N}";
            using var answer = await shop.Post(new Draft(key, sku, 1, "tok_ok"));
            if (answer.IsSuccessStatusCode)
                taken.Add((await answer.Content.ReadFromJsonAsync<Order>())!.Id);
            else
                Record(answer, key);
            return refused.Count == 5;
        }, TimeSpan.FromSeconds(60));

        await Eventually.Holds("it says that it is unavailable", () => IsUnavailable(system));
        disk.Free();
        (await system.Checker.Orders()).ShouldNotContain(order => refused.Contains(order.IdempotencyKey));
        foreach (var key in refused)
            taken.Add(await Placed(shop, new Draft(key, sku, 1, "tok_ok")));
        await system.Checker.AtRest(TimeSpan.FromSeconds(60));
        (await shop.LevelOf(sku)).ShouldBe(new Level(sku, 1000, 1000 - taken.Count, 0, taken.Count));
        await system.Checker.IsClean(taken);

        void Record(HttpResponseMessage answer, string key)
        {
            answer.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe("application/problem+json");
            refused.Add(key);
        }
    }

    static async Task<bool> IsUnavailable(Running system)
    {
        using var anybody = new HttpClient();
        using var ready = await anybody.GetAsync(new Uri(system.Url("Orders.Api"), "health/ready"));
        return ready.StatusCode == HttpStatusCode.ServiceUnavailable;
    }

    /// <summary>Retries the same key until the order is accepted.</summary>
    static async Task<Guid> Placed(Shop shop, Draft draft)
    {
        var load = new Load(shop, [draft]);
        return (await load.Run(callers: 1)).Single().OrderId;
    }

    sealed class SmallDisk : IAsyncDisposable
    {
        readonly DirectoryInfo at = System.IO.Directory.CreateTempSubdirectory("small-disk-");

        public string Directory => at.FullName;

        string Filler => Path.Combine(at.FullName, "filler");

        public static async Task<SmallDisk> Mount(int megabytes)
        {
            var disk = new SmallDisk();
            await Run("mount", "-t", "tmpfs", "-o", string.Create(CultureInfo.InvariantCulture, $"size={megabytes}m"), "tmpfs", disk.Directory);
            return disk;
        }

        /// <summary>Fills the disk to the last byte.</summary>
        public void Fill()
        {
            using var file = File.Create(Filler, bufferSize: 0);
            var page = new byte[4096];
            try
            {
                while (true)
                    file.Write(page);
            }
            catch (IOException full) when (full.Message.Contains("No space", StringComparison.Ordinal))
            {
                // Expected.
            }
        }

        public void Free() => File.Delete(Filler);

        public async ValueTask DisposeAsync()
        {
            await Run("umount", "--lazy", Directory);
            at.Delete();
        }

        static async Task Run(string program, params string[] arguments)
        {
            using var process = Process.Start(program, arguments);
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}");
        }
    }
}
