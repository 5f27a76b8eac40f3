using System.Text.Json;

namespace OrderSaga.Storefront;

/// <summary>Queries one service for data that it owns. It logs when the service stops answering, and when it answers again.</summary>
/// <param name="name">The service, for the log.</param>
/// <param name="http">With the address, the key and the timeout.</param>
/// <param name="log">Where to log.</param>
sealed class OwnerClient(string name, HttpClient http, ILogger log)
{
    /// <summary>An answer without a member is no answer: an empty list in its place would empty the shop.</summary>
    static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    string? failure;

    /// <summary>Why the last query got no answer; null if it got one.</summary>
    public string? Failure => Volatile.Read(ref failure);

    /// <summary>Null if there is no answer.</summary>
    public async Task<T?> Query<T>(string path, CancellationToken stop) where T : class
    {
        try
        {
            var answer = await http.GetFromJsonAsync<T>(path, Json, stop) ?? throw new JsonException("the answer is empty");
            if (Interlocked.Exchange(ref failure, null) is not null)
                log.LogInformation("{Owner} answers again", name);
            return answer;
        }
        catch (Exception wrong) when (!stop.IsCancellationRequested)
        {
            if (Interlocked.Exchange(ref failure, ReasonOf(wrong)) is null)
                log.LogWarning("{Owner} does not answer; its data is served with growing age meanwhile: {Failure}", name, wrong.Message);
            return null;
        }
    }

    static string ReasonOf(Exception failure) => failure switch
    {
        OperationCanceledException => "no answer in time",
        HttpRequestException { StatusCode: { } status } => $"answered {(int)status}",
        HttpRequestException => "unreachable",
        _ => "its answer is invalid",
    };
}
