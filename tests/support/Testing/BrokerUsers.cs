using System.Diagnostics;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Shouldly;

namespace Testing;

/// <summary>Users of one installation's virtual host, with the rights that scripts/broker-user gives them; disposing removes them.</summary>
public sealed class BrokerUsers(Installation installation, string? prefix = null) : IAsyncDisposable
{
    readonly Uri broker = new(installation.Settings()["Transport:Url"]!);
    readonly List<string> users = [];

    /// <summary>What the names of the users begin with: users belong to the whole broker, which others use too.</summary>
    public string Prefix => prefix ?? Vhost + "-";

    public string Vhost => broker.AbsolutePath.TrimStart('/');

    /// <summary>Creates the user; returns the broker's URL for it.</summary>
    public async Task<Uri> Add(string name)
    {
        var password = RandomNumberGenerator.GetHexString(32);
        var definitions = await Definitions(name, ("BROKER_VHOST", Vhost), ("BROKER_PREFIX", Prefix), ("BROKER_PASSWORD", password));
        users.Add(Prefix + name);
        using var http = Installation.Management();
        (await http.PostAsJsonAsync("api/definitions", definitions)).EnsureSuccessStatusCode();
        return new UriBuilder(broker) { UserName = Prefix + name, Password = password }.Uri;
    }

    /// <summary>What <c>scripts/broker-user --print</c> prints.</summary>
    public static async Task<JsonNode> Definitions(string name, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(InRepository("scripts/broker-user"), ["--print", name])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false,
        };
        foreach (var (variable, value) in variables)
            start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var (printed, complaint) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        process.ExitCode.ShouldBe(0, await complaint);
        return JsonNode.Parse(await printed)!;
    }

    public async ValueTask DisposeAsync()
    {
        using var http = Installation.Management();
        foreach (var user in users)
            (await http.DeleteAsync($"api/users/{user}")).EnsureSuccessStatusCode();
    }

    internal static string InRepository(string file)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "OrderSaga.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository.");
        return Path.Combine(folder.FullName, file);
    }
}
