namespace EndToEnd.Tests;

/// <summary>Where the services were built: the same configuration as these tests.</summary>
static class Build
{
    static readonly DirectoryInfo Output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));
    static readonly string Root = Output.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;

    /// <summary>tests/EndToEnd.Tests/bin/CONFIGURATION/FRAMEWORK is this assembly's own directory.</summary>
    public static string Assembly(string project) =>
        Path.Combine(Root, project, "bin", Output.Parent!.Name, Output.Name, project + ".dll");
}
