namespace Repository;

/// <summary>A bug on purpose: a patch that puts it behind a switch, and above the patch what it is and what must catch it.</summary>
/// <param name="Name">The file's name, and the switch's.</param>
/// <param name="Breaks">What is wrong with it.</param>
/// <param name="Run">The provocation under which it shows; or the test suite, <c>NAME.Tests</c>.</param>
/// <param name="CaughtBy">The invariant that it breaks; or the test that fails.</param>
public sealed record PlantedBug(string Name, string Breaks, string Run, string CaughtBy)
{
    public bool IsCaughtByTest => Run.EndsWith(".Tests", StringComparison.Ordinal);

    /// <summary>The patch that all others need.</summary>
    const string Switch = "switch";

    /// <summary>All patches, also the switch's; relative to the root.</summary>
    public static IReadOnlyList<string> Patches { get; } = Repo.Files(".patch");

    public static IReadOnlyList<PlantedBug> All { get; } = [.. Patches.Where(file => Path.GetFileNameWithoutExtension(file) != Switch).Select(Read)];

    static PlantedBug Read(string file)
    {
        var lines = Repo.Read(file).Split('\n');
        string Said(string what) => lines.First(line => line.StartsWith(what + ": ", StringComparison.Ordinal))[(what.Length + 2)..];
        return new PlantedBug(Path.GetFileNameWithoutExtension(file), Said("breaks"), Said("run"), Said("caught-by"));
    }
}
