using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.OpenApi;
using OrderSaga.Platform.Common;

namespace OrderSaga.Platform.Http;

/// <summary>Who may read the API document. Setting: <c>Http:ApiDocument</c>.</summary>
enum ApiDocumentAccess
{
    /// <summary>All callers, also as pages.</summary>
    Open,

    /// <summary>Callers with any API key; no pages.</summary>
    Key,

    /// <summary>No caller.</summary>
    Off,
}

/// <summary>Serves OpenAPI 3.1 at /openapi/v1.json and interactive pages at /docs.</summary>
static class ApiDocument
{
    const string Setting = "Http:ApiDocument";
    const string Name = "v1";
    const string ProblemJson = "application/problem+json";

    static readonly ProblemType[] OfEveryCall =
    [
        ProblemTypes.UnknownParameter, ProblemTypes.InvalidRequest, ProblemTypes.Internal, ProblemTypes.DatabaseUnavailable, ProblemTypes.Stopping,
    ];

    static readonly ProblemType[] OfEveryBody =
        [ProblemTypes.BodyTooLarge, ProblemTypes.Charset, ProblemTypes.ContentEncoding, ProblemTypes.MediaType];

    static readonly ProblemType[] OfJson =
        [ProblemTypes.NoBody, ProblemTypes.InvalidJson, ProblemTypes.UnknownMember, ProblemTypes.DuplicateMember, ProblemTypes.WrongType];

    /// <summary>Swagger UI sets style attributes, and its style sheet contains images.</summary>
    const string PagePolicy = "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self' 'unsafe-inline'; "
        + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static void AddApiDocument(this WebApplicationBuilder builder) => builder.Services.AddOpenApi(Name, options =>
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.AddDocumentTransformer((document, _, _) => Describe(document));
        options.AddOperationTransformer(Describe);
    });

    public static void UseApiDocument(this WebApplication app)
    {
        var access = app.Configuration.GetEnum(Setting, ApiDocumentAccess.Open);
        if (access == ApiDocumentAccess.Off)
            return;
        // Written once: it is the same for every caller.
        var document = new Lazy<Task<byte[]>>(() => Write(app.Services));
        var endpoint = app.MapGet("/openapi/v1.json", async () => Results.Bytes(await document.Value, "application/json;charset=utf-8"))
            .ExcludeFromDescription();
        if (access == ApiDocumentAccess.Open)
            UsePages(app, endpoint);
    }

    /// <summary>The pages read the document without a key.</summary>
    static void UsePages(WebApplication app, RouteHandlerBuilder document)
    {
        document.AllowAnonymous();
        app.Use((context, next) =>
        {
            if (context.Request.Path.StartsWithSegments("/docs", StringComparison.OrdinalIgnoreCase))
                context.Response.Headers.ContentSecurityPolicy = PagePolicy;
            return next(context);
        });
        app.UseSwaggerUI(pages =>
        {
            pages.RoutePrefix = "docs";
            pages.DocumentTitle = "OrderSaga";
            // Relative to the page, so that it also works behind a path prefix.
            pages.SwaggerEndpoint("../openapi/v1.json", "OrderSaga");
        });
    }

    static async Task<byte[]> Write(IServiceProvider services)
    {
        var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync();
        return Encoding.UTF8.GetBytes(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1));
    }

    static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "OrderSaga",
            Version = "1.0.0",
            Description = "Keeps orders, stock and money consistent. Amounts are minor units (cents); times are UTC. "
                + "Every error is an RFC 9457 problem that says what to do.",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        // Relative to the document: a caller's Host header must not appear in what others read.
        document.Servers = [new OpenApiServer { Url = ".." }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "Authorization: Bearer KEY" },
            ["apiKey"] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Api-Key" },
        };
        return Task.CompletedTask;
    }

    static async Task Describe(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancel)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var json = context.ApplicationServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var problems = metadata.OfType<ProblemType>().Concat(OfEveryCall).ToList();
        var query = operation.Parameters?.Where(parameter => parameter.In == ParameterLocation.Query).Select(parameter => parameter.Name).ToList() ?? [];
        if (query.Count > 0)
            problems.Add(ProblemTypes.InvalidParameter);
        if (query.Contains("cursor"))
            problems.Add(ProblemTypes.InvalidCursor);
        if (operation.RequestBody is not null)
            problems.AddRange(OfEveryBody);
        if (operation.RequestBody?.Content?.ContainsKey("application/json") == true)
            problems.AddRange(OfJson);
        if (!metadata.OfType<NoDeadline>().Any())
            problems.AddRange(AddDeadline(operation));
        problems.AddRange(AddSecurity(operation, metadata, context.Document!));

        context.Document!.AddComponent("Problem", await context.GetOrCreateSchemaAsync(typeof(ProblemBody), null, cancel));
        var schema = new OpenApiSchemaReference("Problem", context.Document);
        foreach (var group in problems.Distinct().GroupBy(problem => problem.Status))
            Add(operation, group.Key, [.. group], schema);
        ResponseHeaderDocs.Add(operation, hasRate: problems.Contains(ProblemTypes.TooManyRequests));
        foreach (var header in metadata.OfType<HeaderDoc>())
            Add(operation, header);
        foreach (var example in metadata.OfType<ExampleDoc>())
            Add(operation, example, json);
        foreach (var text in metadata.OfType<TextDoc>())
            Add(operation, text);
    }

    /// <returns>The problems of callers without a key or its role.</returns>
    static List<ProblemType> AddSecurity(OpenApiOperation operation, IList<object> metadata, OpenApiDocument document)
    {
        var problems = new List<ProblemType>();
        if (!metadata.OfType<IAllowAnonymous>().Any())
        {
            problems.AddRange([ProblemTypes.Unauthorized, ProblemTypes.KeysUnavailable]);
            operation.Security = [Secured(document, "bearer", []), Secured(document, "apiKey", [])];
        }
        if (metadata.OfType<RequiredRoles>().FirstOrDefault() is { } roles)
        {
            // OpenAPI 3.1: names of roles. One requirement of the list is enough, so each role is one.
            operation.Security = [.. roles.Roles.Select(role => Secured(document, "bearer", [role])),
                .. roles.Roles.Select(role => Secured(document, "apiKey", [role]))];
            problems.Add(ProblemTypes.Forbidden);
            operation.Description = $"{operation.Description} Requires the role {string.Join(" or ", roles.Roles)}.".Trim();
        }

        return problems;
    }

    /// <returns>The problems that the header can have.</returns>
    static ProblemType[] AddDeadline(OpenApiOperation operation)
    {
        Add(operation, new HeaderDoc(Deadline.Header, false,
            "Milliseconds that you wait for the response. Later its work is cancelled, and nothing is changed.", "2000"));
        return [ProblemTypes.InvalidDeadline, ProblemTypes.Deadline];
    }

    static OpenApiSecurityRequirement Secured(OpenApiDocument document, string scheme, List<string> roles) =>
        new() { [new OpenApiSecuritySchemeReference(scheme, document)] = roles };

    static void Add(OpenApiOperation operation, int status, ProblemType[] problems, IOpenApiSchema schema)
    {
        var (first, detail, trace) = (problems[0], "What is wrong with this request and how to correct it.", "4bf92f3577b34da6a3ce929d0e0e4736");
        var example = new ProblemBody(first.Uri, first.Title, status, detail, "/path", trace);
        operation.Responses ??= [];
        operation.Responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse
        {
            Description = string.Join(" ", problems.Select(problem => $"{problem.Name}: {problem.Title}")),
            Content = new Dictionary<string, OpenApiMediaType>
            {
                [ProblemJson] = new()
                {
                    Schema = schema,
                    Example = JsonSerializer.SerializeToNode(example, WebJson.Options),
                },
            },
        };
    }

    static void Add(OpenApiOperation operation, HeaderDoc header)
    {
        operation.Parameters ??= [];
        operation.Parameters.Add(new OpenApiParameter
        {
            Name = header.Name,
            In = ParameterLocation.Header,
            Required = header.Required,
            Description = header.Description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = JsonValue.Create(header.Example),
        });
    }

    static void Add(OpenApiOperation operation, ExampleDoc example, JsonSerializerOptions json)
    {
        var value = JsonSerializer.SerializeToNode(example.Value, json);
        if (example.Status is not { } status)
        {
            foreach (var media in operation.RequestBody?.Content?.Values ?? [])
                media.Example = value;
            return;
        }
        if (operation.Responses?.GetValueOrDefault(status.ToString(CultureInfo.InvariantCulture))?.Content is { } content)
            foreach (var media in content.Values)
                media.Example = value?.DeepClone();
    }

    static void Add(OpenApiOperation operation, TextDoc text)
    {
        if (operation.Responses?.GetValueOrDefault("200")?.Content is { } content)
            content[text.MediaType] = new OpenApiMediaType
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = JsonValue.Create(text.Example),
            };
    }
}
