namespace OrderSaga.Platform.Common;

/// <summary>
/// A lane is a set of queues of its own, so that what waits in one lane does not hold up another. The queues of the lane main have the plain names.
/// </summary>
public static class Lane
{
    public const string Main = "main";

    /// <summary>What our other queues and exchanges end with.</summary>
    static readonly string[] Reserved = ["quorum", "replies"];

    /// <summary>Lower-case letters.</summary>
    public static bool IsName(string name) => name.Length is >= 1 and <= 20 && name.All(char.IsAsciiLetterLower) && !Reserved.Contains(name);

    /// <summary>The name of the queue in this lane.</summary>
    public static string Queue(string queue, string lane) => lane == Main ? queue : $"{queue}.{lane}";
}
