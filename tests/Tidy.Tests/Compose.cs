using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Repository;

namespace Tidy.Tests;

/// <summary>Compares a compose file with the code; one line per mismatch. Needs no container engine.</summary>
sealed partial class Compose(string text)
{
    public static readonly IReadOnlyDictionary<string, int> Ports = new Dictionary<string, int>
    {
        ["Orders.Api"] = 5101, ["Orders.Sagas"] = 5102, ["Inventory.Worker"] = 5103,
        ["Payments.Worker"] = 5104, ["Payments.Sandbox"] = 5105, ["Reconciler.Job"] = 5106, ["Storefront"] = 5107,
    };

    readonly JsonObject document = Yaml.Parse(text);

    JsonObject Services => document["services"]!.AsObject();

    IEnumerable<(string Name, JsonObject Service, string Project)> Ours =>
        from service in Services
        let project = service.Value!["build"]?["args"]?["SERVICE"]?.GetValue<string>()
        where project is not null
        select (service.Key, service.Value.AsObject(), project);

    public IEnumerable<string> Findings() =>
    [
        .. Projects(), .. Ours.SelectMany(WrongBuild), .. Ours.SelectMany(UnreadSettings), .. Services.SelectMany(WrongNeeds),
        .. Secrets(), .. Hosts(), .. Volumes(), .. Services.SelectMany(Unlocked), .. Ours.SelectMany(WrongRoles), .. MissingFiles(),
    ];

    IEnumerable<string> Projects() =>
        Ports.Keys.Append("Migrations").Except(Ours.Select(service => service.Project)).Select(project => $"no service runs {project}");

    static IEnumerable<string> WrongBuild((string Name, JsonObject Service, string Project) ours)
    {
        var (name, service, project) = ours;
        if (!Repo.Exists($"{project}/{project}.csproj"))
            yield return $"{name}: there is no project {project}";
        if (service["build"]!["dockerfile"]?.GetValue<string>() is not { } dockerfile || !Repo.Exists(dockerfile))
            yield return $"{name}: its dockerfile does not exist";
        if (!Ports.TryGetValue(project, out var port))
            yield break;
        if (service["build"]!["args"]!["PORT"]?.GetValue<string>() != $"{port}")
            yield return $"{name}: PORT must be {port}";
        if (service["ports"]?.AsArray().Select(entry => entry!.GetValue<string>()).SequenceEqual([$"127.0.0.1:{port}:{port}"]) != true)
            yield return $"{name}: ports must be 127.0.0.1:{port}:{port}";
    }

    static IEnumerable<string> UnreadSettings((string Name, JsonObject Service, string Project) ours) =>
        ours.Service["environment"]!.AsObject().Where(variable => !Settings.IsRead(variable.Key))
            .Select(variable => $"{ours.Name}: nothing reads {variable.Key}");

    IEnumerable<string> WrongNeeds(KeyValuePair<string, JsonNode?> service)
    {
        foreach (var (target, how) in service.Value!["depends_on"]?.AsObject() ?? [])
        {
            var condition = how?["condition"]?.GetValue<string>();
            if (Services[target] is not { } needed)
                yield return $"{service.Key} depends on {target}, which is not there";
            else if (condition == "service_healthy" && !HasHealth(needed))
                yield return $"{service.Key} waits for the health of {target}, which has none";
            else if (condition == "service_completed_successfully" && needed["restart"] is not null)
                yield return $"{service.Key} waits for the end of {target}, which is restarted";
            else if (condition is not ("service_healthy" or "service_completed_successfully"))
                yield return $"{service.Key} depends on {target} without a condition";
        }
    }

    /// <summary>Only servers have a writable file system. SQL Server's image is the exception.</summary>
    static IEnumerable<string> Unlocked(KeyValuePair<string, JsonNode?> service)
    {
        if (service.Key == "sqlserver")
            yield break;
        if (service.Value!["cap_drop"]?.ToJsonString() != """["ALL"]""")
            yield return $"{service.Key} keeps capabilities";
        if (service.Value["security_opt"]?.ToJsonString() != """["no-new-privileges:true"]""")
            yield return $"{service.Key} may gain privileges";
        var isServer = service.Value["volumes"] is not null;
        if (!isServer && (service.Value["read_only"]?.ToString() != "true" || service.Value["cap_add"] is not null))
            yield return $"{service.Key} must be read-only and without capabilities";
    }

    /// <summary>Migrations logs in as the owner, each service as the role of its database.</summary>
    static IEnumerable<string> WrongRoles((string Name, JsonObject Service, string Project) ours) =>
        from variable in ours.Service["environment"]!.AsObject()
        where variable.Key.StartsWith("ConnectionStrings__", StringComparison.Ordinal)
        let own = ours.Project == "Reconciler.Job" ? "reconciler" : variable.Key.Split("__")[1]
        let role = ours.Project == "Migrations" ? "ordersaga_owner" : $"ordersaga_{own}_service"
        let password = ours.Project == "Migrations" ? "OWNER" : own.ToUpperInvariant()
        where Login().Match(variable.Value!.ToString()) is var login && (login.Groups["role"].Value != role || login.Groups["password"].Value != password)
        select $"{ours.Name}: {variable.Key} must log in as {role} with its password";

    IEnumerable<string> MissingFiles() =>
        from config in document["configs"]!.AsObject()
        where config.Value!["file"]?.GetValue<string>() is { } file && !Repo.Exists(file)
        select $"config {config.Key}: its file does not exist";

    /// <summary>A health check of its own, or that of our Dockerfile.</summary>
    static bool HasHealth(JsonNode service) => service["healthcheck"] is { } check ? check["test"] is not null : service["build"] is not null;

    /// <summary>Every variable is required somewhere and explained at the top; no secret is written down.</summary>
    IEnumerable<string> Secrets()
    {
        var required = Required().Matches(text).Select(match => match.Groups["name"].Value).ToHashSet();
        foreach (var name in Variable().Matches(text).Select(match => match.Groups["name"].Value).Distinct())
        {
            if (!required.Contains(name))
                yield return $"${{{name}}} is nowhere required with :? and what to set";
            if (!text.Contains($"#   {name} ", StringComparison.Ordinal))
                yield return $"{name} is not explained at the top";
        }
        foreach (var (key, value) in Services.SelectMany(service => service.Value!["environment"]?.AsObject() ?? []))
            if (Secret().IsMatch(key) && !value!.ToString().StartsWith("${", StringComparison.Ordinal) || Password().IsMatch(value!.ToString()))
                yield return $"{key} has its secret written down";
    }

    /// <summary>Every host that a setting names is a service of this file, on that service's port.</summary>
    IEnumerable<string> Hosts() =>
        from variable in Ours.SelectMany(service => service.Service["environment"]!.AsObject())
        from match in Host().Matches(variable.Value!.ToString())
        let host = match.Groups["host"].Value
        where host != "localhost"
        let port = match.Groups["port"].Value
        let service = Services[host]
        where service is null || service["build"]?["args"]?["PORT"] is { } own && own.GetValue<string>() != port
        select $"{variable.Key} names {host}:{port}, which no service is";

    IEnumerable<string> Volumes() =>
        from service in Services
        from volume in service.Value!["volumes"]?.AsArray() ?? []
        let name = volume!.GetValue<string>().Split(':')[0]
        where document["volumes"]?.AsObject().ContainsKey(name) != true
        select $"{service.Key}: there is no volume {name}";

    [GeneratedRegex(@"(Username|User Id)=(?<role>\w+);Password=\$\{(?<password>[A-Z]+)_\w+\}", RegexOptions.ExplicitCapture)]
    private static partial Regex Login();

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>\w+):\?", RegexOptions.ExplicitCapture)]
    private static partial Regex Required();

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>\w+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Variable();

    [GeneratedRegex("(PASS|PASSWORD|Sha256|Key|Secret)$")]
    private static partial Regex Secret();

    [GeneratedRegex(@"(Password=|amqps?://[\w-]+:)(?!\$\{)")]
    private static partial Regex Password();

    [GeneratedRegex(@"(Host=|Server=|@|http://)(?<host>[a-z-]+)(:(?<port>\d+))?", RegexOptions.ExplicitCapture)]
    private static partial Regex Host();
}
