namespace Repository;

/// <summary>The files of this repository, for tests that read them.</summary>
public static class Repo
{
    static readonly string[] NotOurs = ["bin", "obj", "node_modules", "TestResults", "data"];

    /// <summary>The folder that holds OrderSaga.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The absolute path of a path relative to the root.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(Path(relative));

    public static bool Exists(string relative) => Path(relative) is var path && (File.Exists(path) || Directory.Exists(path));

    /// <summary>Every file with this ending, relative to the root with forward slashes; without build output and packages.</summary>
    public static IReadOnlyList<string> Files(string ending) =>
        [.. Walk(Root).Where(file => file.EndsWith(ending, StringComparison.Ordinal)).Select(Relative).Order(StringComparer.Ordinal)];

    static IEnumerable<string> Walk(string folder) =>
        Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(Walk));

    static bool IsOurs(string folder) => System.IO.Path.GetFileName(folder) is var name && (name == ".ci" || name[0] != '.') && !NotOurs.Contains(name);

    static string Relative(string file) => System.IO.Path.GetRelativePath(Root, file).Replace('\\', '/');

    static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "OrderSaga.sln")))
                return folder.FullName;

        throw new InvalidOperationException($"No OrderSaga.sln above {AppContext.BaseDirectory}: run the tests where they were built.");
    }
}
