using System.Diagnostics;
using System.Runtime.Versioning;
using System.Text.Json.Nodes;

namespace EndToEnd.Tests;

/// <summary>The embedded host on a data directory that its operator made, readable for all.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyHost : IAsyncLifetime
{
    readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("key-host-");

    public ServiceProcess Process { get; private set; } = null!;
    public string Data => Path.Combine(directory.FullName, "data");

    public async ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherRead);
        Process = new ServiceProcess("OrderSaga.Host", new Uri($"http://localhost:{Ports.Free(1)[0]}/"),
            new Dictionary<string, string?> { ["Data"] = Data }, Path.Combine(directory.FullName, "host.log"));
        Process.Start();
        await Process.Ready();
    }

    public async ValueTask DisposeAsync()
    {
        await Process.DisposeAsync();
        directory.Delete(true);
    }
}

/// <summary>The keys of the embedded host, and the commands that change them while it runs.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class KeyCommandTests(KeyHost host) : IClassFixture<KeyHost>, IDisposable
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    readonly DirectoryInfo other = Directory.CreateTempSubdirectory("key-commands-");

    public void Dispose() => other.Delete(true);

    [Fact]
    public async Task The_first_key_places_orders_and_nothing_else()
    {
        const string order = """{"currency":"EUR","lines":[{"sku":"tea-001","quantity":1}],"payment":{"method":"card","token":"tok_ok"}}""";
        const string price = """{"name":"Tea","unitPrice":1250,"currency":"EUR"}""";
        var (key, operators) = (KeyIn("api-key"), KeyIn("operator-key"));
        (await Status(key, HttpMethod.Post, "orders", order)).ShouldBe(202);
        (await Status(key, HttpMethod.Put, "products/tea-001", price)).ShouldBe(403);
        foreach (var path in (string[])["stock/tea-001", "cases", "failed-messages", "reconciliation/runs"])
        {
            (await Status(key, HttpMethod.Get, path)).ShouldBe(403, path);
            (await Status(operators, HttpMethod.Get, path)).ShouldBe(200, path);
        }
        (await Status(operators, HttpMethod.Put, "products/tea-001", price)).ShouldBe(200);
        (await Status(operators, HttpMethod.Post, "orders", order)).ShouldBe(403);
    }

    [Fact]
    public async Task The_start_prints_no_key_and_makes_its_files_private()
    {
        await Eventually.Holds("the host says that it is running", () => host.Process.LogTail(100).Contains("OrderSaga is running", StringComparison.Ordinal));
        var log = host.Process.LogTail(10_000);
        log.ShouldContain($"$(cat '{Path.Combine(host.Data, "api-key")}')");
        foreach (var file in (string[])["api-key", "operator-key", "service-key"])
        {
            log.ShouldNotContain(KeyIn(file));
            File.GetUnixFileMode(Path.Combine(host.Data, file)).ShouldBe(Owner, file);
        }
        File.GetUnixFileMode(Path.Combine(host.Data, "api-keys.json")).ShouldBe(Owner);
        Directory.GetFiles(host.Data, "*.db*").ShouldNotBeEmpty();
        foreach (var file in Directory.GetFiles(host.Data, "*.db*"))
            File.GetUnixFileMode(file).ShouldBe(Owner, file);
        File.GetUnixFileMode(host.Data).ShouldBe(Owner | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task Eight_keys_created_at_once_all_work()
    {
        var created = await Task.WhenAll(Enumerable.Range(1, 8).Select(i =>
            Command("create-api-key", "--name", $"k{i}", "--merchant", $"m{i}", "--roles", "orders")));
        foreach (var (code, output, error) in created)
        {
            code.ShouldBe(0, error);
            await Becomes(output.Trim(), 200);
        }
    }

    [Fact]
    public async Task The_commands_create_rotate_list_and_revoke_a_key()
    {
        var first = (await Command("create-api-key", "--name", "shop", "--merchant", "acme", "--roles", "orders", "--expires", "2999-01-31")).Output.Trim();
        await Becomes(first, 200);
        (await Command("rotate-api-key", "--name", "shop")).Error.ShouldContain("set when the new one expires");
        var second = (await Command("rotate-api-key", "--name", "shop", "--expires", "2999-12-31")).Output.Trim();
        await Becomes(second, 200);
        (await Status(first, HttpMethod.Get, "orders")).ShouldBe(401);

        var listed = (await Command("list-api-keys")).Output.Split('\n').Single(line => line.StartsWith("shop ", StringComparison.Ordinal));
        listed.ShouldMatch(@"^shop +acme +20\d\d-\d\d-\d\d \d\d:\d\d:\d\dZ +2999-12-31 00:00:00Z +in force +orders$");
        ShownIn(File.ReadAllText(Path.Combine(host.Data, "api-keys.json"))).ShouldBe("2999-12-31T00:00:00.000Z");

        (await Command("revoke-api-key", "--name", "shop")).Code.ShouldBe(0);
        await Becomes(second, 401);
        (await Command("revoke-api-key", "--name", "shop")).ShouldBe((2, "", "api-keys.json has no key 'shop'."));
    }

    [Theory]
    [InlineData("--expire", "2999-01-31", "The option '--expire' is unknown or has no value.")]
    [InlineData("--expires", "2000-01-31", "A key must expire in the future.")]
    [InlineData("--expires", "tomorrow", "'tomorrow' is not a time.")]
    [InlineData("--roles", "admin", "Roles must be from orders, catalogue, stock, operator, release, query.")]
    public async Task A_command_with_a_wrong_option_creates_no_key(string option, string value, string sentence)
    {
        string[] command = ["create-api-key", "--name", "wrong", "--merchant", "acme", "--roles", "orders", option, value];
        (await CommandOn(other.FullName, command)).ShouldBe((2, "", sentence));
        (await CommandOn(other.FullName, "list-api-keys")).Output.ShouldNotContain("wrong");
    }

    [Fact]
    public async Task A_command_refuses_a_broken_key_file()
    {
        var file = Path.Combine(other.FullName, "api-keys.json");
        File.WriteAllText(file, "{");
        var (code, output, error) = await CommandOn(other.FullName, "create-api-key", "--name", "shop", "--merchant", "acme", "--roles", "orders");
        (code, output).ShouldBe((2, ""));
        error.ShouldStartWith($"The key file {file} cannot be read: ");
        (await CommandOn(other.FullName, "list-api-keys")).Code.ShouldBe(2);
        File.ReadAllText(file).ShouldBe("{");
    }

    static string ShownIn(string file) => (string)JsonNode.Parse(file)!["ApiKeys"]!["Keys"]!["shop"]!["ExpiresAt"]!;

    string KeyIn(string file) => File.ReadAllText(Path.Combine(host.Data, file)).Trim();

    Task<int> Becomes(string key, int status) => Eventually.Becomes(
        $"the answer is {status}", () => Status(key, HttpMethod.Get, "orders"), found => found == status, TimeSpan.FromSeconds(10));

    async Task<int> Status(string key, HttpMethod method, string path, string? json = null)
    {
        using var http = new HttpClient { BaseAddress = host.Process.Url };
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("X-Api-Key", key);
        request.Headers.Add("Idempotency-Key", Guid.CreateVersion7().ToString());
        if (json is not null)
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        using var answer = await http.SendAsync(request);
        return (int)answer.StatusCode;
    }

    Task<(int Code, string Output, string Error)> Command(params string[] arguments) => CommandOn(host.Data, arguments);

    /// <returns>The exit code, the output, and the first line of the errors.</returns>
    async Task<(int Code, string Output, string Error)> CommandOn(string data, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [host.Process.Assembly, .. arguments, "--data", data])
        {
            UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var command = Process.Start(start)!;
        var (output, error) = (command.StandardOutput.ReadToEndAsync(), command.StandardError.ReadToEndAsync());
        await command.WaitForExitAsync();
        return (command.ExitCode, await output, (await error).Split('\n')[0]);
    }
}
