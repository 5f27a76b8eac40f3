using System.Text.Json.Nodes;
using Repository;

namespace EndToEnd.Tests;

/// <summary>The runbook and the compose files have the rights that scripts/broker-user gives.</summary>
public sealed class BrokerDocumentsTests
{
    static readonly IEnumerable<string> Services = Running.UserNames.Values;

    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("compose.postgres.yaml")]
    public async Task A_compose_file_gives_each_service_its_rights(string file)
    {
        var compose = Yaml.Parse(Repo.Read(file));
        var definitions = JsonNode.Parse(((string)compose["configs"]!["broker-users"]!["content"]!).Replace("$$", "$", StringComparison.Ordinal))!;
        var rights = definitions["permissions"]!.AsArray().ToDictionary(one => (string)one!["user"]!, one => one!.ToJsonString());
        foreach (var service in Services)
        {
            rights[service].ShouldBe((await Permission(service)).ToJsonString(), service);
            ((string)compose["services"]![service]!["environment"]!["Transport__Url"]!).ShouldStartWith($"amqp://{service}:${{");
        }

        rights.Keys.ShouldBe([.. Services, "ordersaga"], ignoreOrder: true);
        definitions["policies"]!.ToJsonString().ShouldBe((await BrokerUsers.Definitions(Services.First()))["policies"]!.ToJsonString());
        definitions["users"]!.AsArray().ShouldAllBe(user => ((string)user!["password"]!).StartsWith("${", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_runbook_has_the_rights_of_every_user()
    {
        var runbook = Repo.Read("docs/runbook.md");
        foreach (var user in Services.Append("my-shop"))
        {
            var rights = await Permission(user);
            runbook.ShouldContain($"| `{user}` | {Cell(rights["configure"])} | {Cell(rights["write"])} | {Cell(rights["read"])} |");
        }
    }

    /// <summary>In a Markdown table.</summary>
    static string Cell(JsonNode? pattern) => $"`{((string)pattern!).Replace("|", "\\|", StringComparison.Ordinal)}`";

    static async Task<JsonNode> Permission(string user) => (await BrokerUsers.Definitions(user))["permissions"]!.AsArray().ShouldHaveSingleItem()!;
}
