using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using OrderSaga.Platform.Http;

namespace EndToEnd.Tests;

/// <summary>The OpenAPI document of all services has the problem types of the catalogue, and no other.</summary>
public sealed class ProblemTypesTests(WholeHost host) : IClassFixture<WholeHost>
{
    static readonly List<ProblemType> Catalogue =
        [.. typeof(ProblemTypes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (ProblemType)field.GetValue(null)!)];

    /// <summary>No operation of the document answers them: there is none, it is on the bus, or it is the sandbox's or Storefront's.</summary>
    static readonly ProblemType[] Elsewhere =
    [
        ProblemTypes.RouteNotFound, ProblemTypes.MethodNotAllowed, ProblemTypes.InvalidMerchant,
        ProblemTypes.CrossSite, ProblemTypes.PricesUnavailable, ProblemTypes.KeyClosed,
        ProblemTypes.UnknownOperation, ProblemTypes.AuthorizationPending, ProblemTypes.AuthorizationDeclined, ProblemTypes.AuthorizationExpired,
        ProblemTypes.AuthorizationVoided, ProblemTypes.AlreadyCaptured, ProblemTypes.AlreadyRefunded, ProblemTypes.CaptureDeclined,
        ProblemTypes.InvalidAuthorization, ProblemTypes.UnknownCard, ProblemTypes.PartialAmount,
    ];

    [Fact]
    public async Task OpenAPI_has_the_problem_types_of_the_catalogue()
    {
        HashSet<ProblemType> documented = [];
        foreach (var (status, description) in await Problems())
        {
            var here = Catalogue.Where(type => type.Status == status && description.Contains(Text(type), StringComparison.Ordinal)).ToList();
            here.Aggregate(description, (rest, type) => rest.Replace(Text(type), "", StringComparison.Ordinal)).Trim().ShouldBe("", description);
            documented.UnionWith(here);
        }

        documented.Select(type => type.Name).ShouldBe(Catalogue.Except(Elsewhere).Select(type => type.Name), ignoreOrder: true);
    }

    async Task<IEnumerable<(int Status, string Description)>> Problems()
    {
        var document = JsonNode.Parse(await host.Http.GetStringAsync("/openapi/v1.json"))!;
        return from path in document["paths"]!.AsObject()
               from operation in path.Value!.AsObject()
               where operation.Value is JsonObject
               from response in operation.Value!["responses"]!.AsObject()
               where response.Value!["content"]?["application/problem+json"] is not null
               select (int.Parse(response.Key, CultureInfo.InvariantCulture), response.Value!["description"]!.GetValue<string>());
    }

    static string Text(ProblemType type) => $"{type.Name}: {type.Title}";
}
