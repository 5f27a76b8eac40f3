using Microsoft.AspNetCore.Builder;

namespace OrderSaga.Platform.Http;

sealed record ExampleDoc(int? Status, object Value);

sealed record ProblemDoc(int Status, string Name, string Title);

sealed record HeaderDoc(string Name, bool Required, string Description, string Example);

/// <summary>Adds what the types of an endpoint cannot tell the API document.</summary>
public static class ApiDocs
{
    public static TBuilder RequestExample<TBuilder>(this TBuilder endpoint, object example) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ExampleDoc(null, example));

    public static TBuilder ResponseExample<TBuilder>(this TBuilder endpoint, int status, object example) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ExampleDoc(status, example));

    /// <summary>Documents a problem of this endpoint. 401, 403, 413, 415, 500 and 503 are added automatically where they apply.</summary>
    public static TBuilder ProducesProblem<TBuilder>(this TBuilder endpoint, int status, string name, string title) where TBuilder
        : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ProblemDoc(status, name, title));

    /// <summary>Documents a request header that the endpoint reads itself.</summary>
    public static TBuilder AcceptsHeader<TBuilder>(this TBuilder endpoint, string name, bool required, string description, string example)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new HeaderDoc(name, required, description, example));
}
