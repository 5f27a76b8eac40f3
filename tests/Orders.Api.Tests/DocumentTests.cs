using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using OrderSaga.Contracts;
using OrderSaga.Platform.Http;
using Shouldly;

namespace Orders.Api.Tests;

public sealed class DocumentTests(Api api) : IClassFixture<Api>
{
    static readonly string[] Methods = ["get", "put", "post", "delete", "patch"];

    [Fact]
    public async Task OpenAPI_3_1_is_served_without_a_key()
    {
        var document = (await api.Stranger.Get("/openapi/v1.json")).ShouldBe(200).Json;
        document["openapi"]!.GetValue<string>().ShouldStartWith("3.1.");
        document["components"]!["securitySchemes"]!.AsObject().Select(scheme => scheme.Key).ShouldBe(["bearer", "apiKey"], ignoreOrder: true);
        (await api.Stranger.Get("/docs/index.html")).ShouldBe(200);
    }

    [Fact]
    public async Task OpenAPI_is_written_once_whatever_the_Host()
    {
        var written = 0;
        await using var installation = await Mode.Embedded.Fresh("orders");
        await using var host = await ApiHost.Start(installation, false, builder => builder.Services.Configure<OpenApiOptions>("v1", options =>
            options.AddDocumentTransformer((_, _, _) => Task.FromResult(Interlocked.Increment(ref written)))));
        var stranger = new Caller(host, "", null);
        var documents = await Task.WhenAll(Enumerable.Range(0, 10).Select(i => stranger.Get("/openapi/v1.json", ("Host", $"evil-{i}.example"))));
        documents.Select(document => document.ShouldBe(200).Text).Distinct().ShouldHaveSingleItem().ShouldNotContain("evil");
        ((string)documents[0].Json["servers"]!.AsArray().Single()!["url"]!).ShouldBe("..");
        written.ShouldBe(1);
    }

    [Theory]
    [InlineData("Key", 401, 200)]
    [InlineData("Off", 401, 404)]
    public async Task OpenAPI_can_be_closed(string access, int withoutKey, int withKey)
    {
        await using var installation = await Mode.Embedded.Fresh("orders");
        var key = ApiKeys.Create(installation.Directory, "m", "m", Roles.Orders);
        await using var host = await ApiHost.Start(installation, false, "--Http:ApiDocument=" + access);
        (await new Caller(host, "", null).Get("/openapi/v1.json")).ShouldBe(withoutKey);
        (await new Caller(host, "m", key).Get("/openapi/v1.json")).ShouldBe(withKey);
        (await new Caller(host, "m", key).Get("/docs/index.html")).ShouldBe(404);
    }

    [Fact]
    public async Task OpenAPI_lists_every_endpoint()
    {
        var operations = (await Operations()).Select(operation => operation.Name);
        foreach (var call in (string[])["post /orders", "get /orders", "get /orders/{id}", "get /orders/{id}/timeline", "get /orders/{id}/trace",
            "get /orders/{id}/events", "post /orders/{id}/cancel", "get /products", "get /products/{sku}", "put /products/{sku}",
            "post /webhook-endpoints", "get /webhook-endpoints", "get /webhook-endpoints/{id}", "delete /webhook-endpoints/{id}",
            "post /webhook-endpoints/{id}/secret", "post /webhook-endpoints/{id}/enable", "get /webhook-endpoints/{id}/deliveries",
            "post /webhook-endpoints/{id}/deliveries/{deliveryId}/resend"])
            operations.ShouldContain(call);
    }

    [Fact]
    public async Task OpenAPI_describes_examples_and_problems_of_every_endpoint()
    {
        foreach (var (name, operation) in await Operations())
        {
            operation["summary"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace(name);
            operation["security"]!.AsArray().Select(one => one!.AsObject().Single().Key).Distinct().ShouldBe(["bearer", "apiKey"], name);
            foreach (var content in operation["requestBody"]?["content"]?.AsObject() ?? [])
                content.Value!["example"].ShouldNotBeNull($"{name} request");

            var responses = operation["responses"]!.AsObject();
            foreach (var status in (string[])["401", "403", "500", "503"])
                responses.ContainsKey(status).ShouldBeTrue($"{name} {status}");
            foreach (var (status, response) in responses)
            {
                response!["description"]!.GetValue<string>().ShouldNotBeNullOrWhiteSpace();
                if (status[0] is '2' or '3' && response["content"] is null)
                    continue;
                foreach (var (type, content) in response["content"]!.AsObject())
                {
                    content!["example"].ShouldNotBeNull($"{name} {status} {type}");
                    content["schema"].ShouldNotBeNull($"{name} {status} {type}");
                    (type == "application/problem+json").ShouldBe(status[0] >= '4', $"{name} {status}");
                }
            }
        }
    }

    [Fact]
    public async Task OpenAPI_describes_both_forms_of_the_call_tree()
    {
        var trace = (await Operations()).Single(operation => operation.Name == "get /orders/{id}/trace").Operation;
        var forms = trace["responses"]!["200"]!["content"]!.AsObject();
        forms.Select(form => form.Key).ShouldBe(["application/json", "text/plain"]);
        forms["application/json"]!["example"]!["root"]!["name"]!.GetValue<string>().ShouldBe("placement");
        forms["text/plain"]!["schema"]!["type"]!.GetValue<string>().ShouldBe("string");
        forms["text/plain"]!["example"]!.GetValue<string>().ShouldContain("* |- SubmitOrder -> Reserving");
    }

    [Fact]
    public async Task OpenAPI_states_the_field_rules()
    {
        var schemas = (await api.Stranger.Get("/openapi/v1.json")).ShouldBe(200).Json["components"]!["schemas"]!;
        JsonNode Field(string schema, string field) => schemas[schema]!["properties"]![field]!;
        ((string)Field("LineRequest", "sku")["pattern"]!, (int)Field("LineRequest", "sku")["maxLength"]!)
            .ShouldBe((FieldRules.SkuPattern, FieldRules.MaxSkuLength));
        ((int)Field("LineRequest", "quantity")["minimum"]!, (int)Field("LineRequest", "quantity")["maximum"]!).ShouldBe((1, FieldRules.MaxQuantity));
        ((string)Field("PaymentRequest", "token")["pattern"]!, (int)Field("PaymentRequest", "token")["maxLength"]!)
            .ShouldBe((FieldRules.TokenPattern, FieldRules.MaxTokenLength));
        ((int)Field("OrderRequest", "lines")["minItems"]!, (int)Field("OrderRequest", "lines")["maxItems"]!).ShouldBe((1, FieldRules.MaxLines));
        ((string)Field("OrderRequest", "class")["pattern"]!).ShouldBe(FieldRules.ClassPattern);
        ((string)Field("OrderRequest", "currency")["pattern"]!).ShouldBe(FieldRules.CurrencyPattern);
        ((int)Field("CancelRequest", "reason")["maxLength"]!).ShouldBe(FieldRules.MaxReasonLength);
        ((long)Field("ProductRequest", "unitPrice")["maximum"]!).ShouldBe(FieldRules.MaxUnitPrice);
    }

    [Fact]
    public async Task OpenAPI_describes_every_request_header()
    {
        var place = (await Operations()).Single(operation => operation.Name == "post /orders").Operation;
        var key = place["parameters"]!.AsArray().Single(parameter => parameter!["name"]!.GetValue<string>() == "Idempotency-Key")!;
        (key["in"]!.GetValue<string>(), key["required"]!.GetValue<bool>()).ShouldBe(("header", true));
    }

    [Fact]
    public async Task OpenAPI_describes_the_deadline_of_every_call()
    {
        foreach (var (name, operation) in await Operations())
        {
            var accepts = operation["parameters"]?.AsArray().Any(parameter => (string)parameter!["name"]! == Deadline.Header) == true;
            (accepts, operation["responses"]!.AsObject().ContainsKey("504")).ShouldBe(name == "get /orders/{id}/events" ? (false, false) : (true, true), name);
        }
    }

    [Fact]
    public async Task OpenAPI_describes_the_header_fields_of_rates()
    {
        var operations = await Operations();
        foreach (var (name, accepted) in new[] { ("post /orders", "202"), ("get /orders", "200") })
        {
            var responses = operations.Single(operation => operation.Name == name).Operation["responses"]!;
            responses[accepted]!["headers"]!.AsObject().Select(header => header.Key).ShouldBe(["RateLimit-Policy", "RateLimit"]);
            responses["429"]!["headers"]!.AsObject().Select(header => header.Key).ShouldBe(["Retry-After", "RateLimit-Policy", "RateLimit"]);
        }
    }

    [Fact]
    public async Task The_documented_order_example_works_unchanged()
    {
        var place = (await Operations()).Single(operation => operation.Name == "post /orders").Operation;
        var example = place["requestBody"]!["content"]!["application/json"]!["example"]!.ToJsonString();
        (await api.Merchant().Place("k", example)).ShouldBe(202);
    }

    [Fact]
    public async Task Health_needs_no_key()
    {
        (await api.Stranger.Get("/health/live")).ShouldBe(200).Json["status"]!.GetValue<string>().ShouldBe("live");
        var ready = (await api.Stranger.Get("/health/ready")).ShouldBe(200).Json;
        ready["status"]!.GetValue<string>().ShouldBe("ready");
        ready["checks"]!["database orders"]!.GetValue<string>().ShouldBe("ready");
    }

    [Fact]
    public async Task Readiness_needs_the_database_and_not_the_broker()
    {
        await using var installation = await Mode.Embedded.Fresh();
        var key = OrderSaga.Platform.Http.ApiKeys.Create(installation.Directory, "m", "m", "orders");
        await using var lost = await ApiHost.StartLost(installation,
            "--Database:Mode=PostgreSql", "--ConnectionStrings:orders=Host=127.0.0.1;Port=9;Username=u;Database=d;Timeout=1",
            "--Transport:Mode=RabbitMq", "--Transport:Url=amqp://u:p@127.0.0.1:9/v", "--Serilog:MinimumLevel:Default=Fatal");
        var merchant = new Caller(lost, "m", key);
        var answer = (await merchant.Place("k")).ShouldBeProblem(503, "database-unavailable");
        answer.Header("Retry-After").ShouldBe("2");
        var ready = (await merchant.Get("/health/ready")).ShouldBe(503).Json;
        ready["checks"]!["database orders"]!.GetValue<string>().ShouldBe("unavailable");
        ready["checks"]!["masstransit-bus"]!.GetValue<string>().ShouldBe("degraded");
        (await merchant.Get("/health/live")).ShouldBe(200);
    }

    async Task<List<(string Name, JsonNode Operation)>> Operations()
    {
        var paths = (await api.Stranger.Get("/openapi/v1.json")).ShouldBe(200).Json["paths"]!.AsObject();
        return [.. paths.Where(path => path.Key != "/fails").SelectMany(path => path.Value!.AsObject().Where(entry => Methods.Contains(entry.Key))
            .Select(entry => ($"{entry.Key} {path.Key}", entry.Value!)))];
    }
}
