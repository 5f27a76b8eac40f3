namespace Installed;

/// <summary>The build output of the services: same configuration and framework as the running program.</summary>
static class Build
{
    static readonly DirectoryInfo Output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
    static readonly string Root = FindRoot();

    /// <summary>The directory of a program is PROJECT/bin/CONFIGURATION/FRAMEWORK.</summary>
    /// <param name="project">The program.</param>
    /// <param name="root">Another checkout; null: this one.</param>
    public static string Assembly(string project, string? root = null) =>
        Path.Combine(root ?? Root, project, "bin", Output.Parent!.Name, Output.Name, project + ".dll");

    static string FindRoot()
    {
        var directory = Output;
        while (!File.Exists(Path.Combine(directory.FullName, "OrderSaga.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"{Output.FullName} is not inside a directory with OrderSaga.sln.");
        return directory.FullName;
    }
}
