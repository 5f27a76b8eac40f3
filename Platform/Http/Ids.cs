namespace OrderSaga.Platform.Http;

/// <summary>Reads the ids in paths.</summary>
public static class Ids
{
    /// <exception cref="Problem">400: not a UUID.</exception>
    public static Guid Read(string id) => Guid.TryParseExact(id, "D", out var read) ? read
        : throw new Problem(ProblemTypes.InvalidId, "Use the id from an answer, a UUID such as 0199f0a0-7c1e-7000-8000-000000000000.");
}
