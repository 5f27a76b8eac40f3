namespace Installed;

/// <summary>Where the services were built: in the same configuration, for the same framework as the program that asks.</summary>
static class Build
{
    static readonly DirectoryInfo Output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
    static readonly string Root = FindRoot();

    /// <summary>A program's own directory is PROJECT/bin/CONFIGURATION/FRAMEWORK.</summary>
    public static string Assembly(string project) =>
        Path.Combine(Root, project, "bin", Output.Parent!.Name, Output.Name, project + ".dll");

    static string FindRoot()
    {
        var directory = Output;
        while (!File.Exists(Path.Combine(directory.FullName, "OrderSaga.sln")))
            directory = directory.Parent ?? throw new InvalidOperationException($"{Output.FullName} is not inside a directory with OrderSaga.sln.");
        return directory.FullName;
    }
}
