using Microsoft.AspNetCore.Builder;

namespace OrderSaga.Platform.Http;

sealed record ExampleDoc(int? Status, object Value);

sealed record TextDoc(string MediaType, string Example);

sealed record HeaderDoc(string Name, bool Required, string Description, string Example);

/// <summary>Adds what the types of an endpoint cannot tell the API document.</summary>
public static class ApiDocs
{
    public static TBuilder RequestExample<TBuilder>(this TBuilder endpoint, object example) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ExampleDoc(null, example));

    public static TBuilder ResponseExample<TBuilder>(this TBuilder endpoint, int status, object example) where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new ExampleDoc(status, example));

    /// <summary>Documents that the endpoint answers 200 with text, too, if the caller prefers this media type.</summary>
    public static TBuilder ProducesText<TBuilder>(this TBuilder endpoint, string mediaType, string example)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new TextDoc(mediaType, example));

    /// <summary>Documents problems of this endpoint. Those of every endpoint of its kind are added automatically.</summary>
    public static TBuilder ProducesProblem<TBuilder>(this TBuilder endpoint, params ProblemType[] types)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata([.. types]);

    /// <summary>Documents a request header that the endpoint reads itself.</summary>
    public static TBuilder AcceptsHeader<TBuilder>(this TBuilder endpoint, string name, bool required, string description, string example)
        where TBuilder : IEndpointConventionBuilder =>
        endpoint.WithMetadata(new HeaderDoc(name, required, description, example));
}
