using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>Compose files and scripts match the code.</summary>
public sealed partial class ComposeTests
{
    [Theory]
    [InlineData("compose.yaml")]
    [InlineData("compose.postgres.yaml")]
    public void A_compose_file_matches_the_code(string file) => new Compose(Repo.Read(file)).Findings().ShouldBeNone();

    [Fact]
    public void Scripts_set_only_known_settings_and_the_same_ports()
    {
        var script = Repo.Read("scripts/services.sh");
        Variable().Matches(script).Select(match => match.Groups["name"].Value).Where(name => !Settings.IsRead(name)).ShouldBeNone();
        Compose.Ports.Where(port => !script.Contains($"[{port.Key}]={port.Value}", StringComparison.Ordinal)).Select(port => port.ToString()).ShouldBeNone();
    }

    [Theory]
    [InlineData("SERVICE: Orders.Api", "SERVICE: Orders.App", "no service runs Orders.Api")]
    [InlineData("SERVICE: Orders.Api", "SERVICE: Orders.App", "orders-api: there is no project Orders.App")]
    [InlineData("dockerfile: deploy/Dockerfile", "dockerfile: Dockerfile", "migrations: its dockerfile does not exist")]
    [InlineData("PORT: \"5103\"", "PORT: \"5203\"", "inventory: PORT must be 5103")]
    [InlineData("\"127.0.0.1:5102:5102\"", "\"5102:5102\"", "orders-sagas: ports must be 127.0.0.1:5102:5102")]
    [InlineData("  Transport__Url:", "  Transport__Uri:", "orders-api: nothing reads Transport__Uri")]
    [InlineData("ConnectionStrings__sandbox", "ConnectionStrings__gateway", "sandbox: nothing reads ConnectionStrings__gateway")]
    [InlineData("  ApiKeys__Keys__local__Roles__0:", "  ApiKeys__Keys__local__Rights__0:", "orders-api: nothing reads ApiKeys__Keys__local__Ri")]
    [InlineData("  Gateway__Key:", "  Payments__Keys:", "payments: nothing reads Payments__Keys")]
    [InlineData("\n  rabbitmq:\n    <<", "\n  broker:\n    <<", "orders-api depends on rabbitmq, which is not there")]
    [InlineData("      test: [\"CMD\", \"rabbitmq-d", "      probe: [\"CMD\", \"rabbitmq-d", "orders-api waits for the health of rabbitmq, which has none")]
    [InlineData("@rabbitmq:5672", "@broker:5672", "Transport__Url names broker:5672, which no service is")]
    [InlineData("http://payments:5104", "http://payments:5105", "Sandbox__WebhookUrl names payments:5105, which no service is")]
    [InlineData("${GATEWAY_KEY:?set it to at least 16 characters}", "0123456789abcdef", "Gateway__Key has its secret written down")]
    [InlineData("inventory:${INVENTORY_RABBITMQ:?set it to letters and digits}@", "inventory:secret@", "Transport__Url has its secret")]
    [InlineData("${GATEWAY_KEY:?set it to at least 16 characters}", "${GATEWAY_KEY}", "${GATEWAY_KEY} is nowhere required")]
    [InlineData("#   GATEWAY_KEY ", "#   GATEWAY_KEYS ", "GATEWAY_KEY is not explained at the top")]
    [InlineData("  rabbitmq:\n  ", "  broker:\n  ", "rabbitmq: there is no volume rabbitmq")]
    [InlineData("  cap_drop: [ALL]\n  cap_add", "  cap_add", "rabbitmq keeps capabilities")]
    [InlineData("  security_opt: [\"no-new-privileges:true\"]\n", "", "payments may gain privileges")]
    [InlineData("  read_only: true\n", "", "migrations must be read-only")]
    [InlineData("User Id=ordersaga_orders_service;", "User Id=ordersaga_owner;", "orders-sagas: ConnectionStrings__orders must log in as ordersaga_orders_")]
    [InlineData("${RECONCILER_SQLSERVER};", "${ORDERS_SQLSERVER};", "reconciler: ConnectionStrings__orders must log in as ordersaga_reconciler_")]
    [InlineData("file: ./deploy/roles.", "file: ./roles.", "config roles: its file does not exist")]
    public void A_compose_mismatch_is_detected(string right, string wrong, string found)
    {
        var text = Repo.Read("compose.yaml");
        text.ShouldContain(right);
        // Replace only the last occurrence: if a name occurs twice, the other occurrence must then miss it.
        var at = found.EndsWith("volume rabbitmq", StringComparison.Ordinal) ? text.LastIndexOf(right, StringComparison.Ordinal) : 0;
        var altered = text[..at] + text[at..].Replace(right, wrong, StringComparison.Ordinal);
        new Compose(altered).Findings().ShouldContain(finding => finding.StartsWith(found, StringComparison.Ordinal));
    }

    /// <summary>The compose files say to put the secrets there.</summary>
    [Theory]
    [InlineData(".gitignore", ".env")]
    [InlineData("deploy/Dockerfile.dockerignore", "**/.env")]
    public void The_file_of_secrets_is_ignored(string file, string pattern) => Repo.Read(file).Split('\n').ShouldContain(pattern);

    [Theory]
    [InlineData("Database__Mode", true)]
    [InlineData("Limits__BatchSize", true)]
    [InlineData("Limits__BatchSizes", false)]
    [InlineData("ConnectionStrings__orders", true)]
    [InlineData("ConnectionStrings__order", false)]
    [InlineData("Orders__Nonsense", false)]
    public void An_unused_setting_is_detected(string variable, bool read) => Settings.IsRead(variable).ShouldBe(read);

    [GeneratedRegex(@"echo ""(?<name>\w+__[A-Za-z_]+)=", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();
}
