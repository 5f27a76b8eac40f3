namespace Repository;

/// <summary>A deliberate bug: a patch that adds it behind a switch, with a header that says what it is and what must catch it.</summary>
/// <param name="Name">The name of the file and of the switch.</param>
/// <param name="Breaks">What the bug breaks.</param>
/// <param name="Run">The scenario under which it shows; or the test suite, <c>NAME.Tests</c>.</param>
/// <param name="CaughtBy">The invariant that it violates; or the test that fails.</param>
public sealed record PlantedBug(string Name, string Breaks, string Run, string CaughtBy)
{
    public bool IsCaughtByTest => Run.EndsWith(".Tests", StringComparison.Ordinal);

    /// <summary>The patch that all others need.</summary>
    const string Switch = "switch";

    /// <summary>All patches including the switch's, relative to the root.</summary>
    public static IReadOnlyList<string> Patches { get; } = Repo.Files(".patch");

    public static IReadOnlyList<PlantedBug> All { get; } = [.. Patches.Where(file => Path.GetFileNameWithoutExtension(file) != Switch).Select(Read)];

    static PlantedBug Read(string file)
    {
        var lines = Repo.Read(file).Split('\n');
        string Said(string what) => lines.First(line => line.StartsWith(what + ": ", StringComparison.Ordinal))[(what.Length + 2)..];
        return new PlantedBug(Path.GetFileNameWithoutExtension(file), Said("breaks"), Said("run"), Said("caught-by"));
    }
}
