using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Hops.Tests;

/// <summary>The source file of each method, from the debug information beside the assemblies.</summary>
sealed class SourceFiles
{
    readonly Dictionary<(string Type, string Method), string> files = [];

    /// <param name="folder">The folder of the assemblies.</param>
    /// <param name="repository">The root of the repository; files are named relative to it.</param>
    public SourceFiles(string folder, string repository)
    {
        foreach (var pdb in Directory.EnumerateFiles(folder, "*.pdb"))
            Add(Path.ChangeExtension(pdb, ".dll"), pdb, repository);
    }

    public string? Of(string type, string method) => files.GetValueOrDefault((type.Split('[')[0], method));

    void Add(string assembly, string pdb, string repository)
    {
        using var image = new PEReader(File.OpenRead(assembly));
        using var debug = MetadataReaderProvider.FromPortablePdbStream(File.OpenRead(pdb));
        var metadata = image.GetMetadataReader();
        var symbols = debug.GetMetadataReader();
        foreach (var handle in metadata.MethodDefinitions)
        {
            var document = symbols.GetMethodDebugInformation(handle).Document;
            if (document.IsNil)
                continue;
            var path = Path.GetRelativePath(repository, symbols.GetString(symbols.GetDocument(document).Name));
            var method = metadata.GetMethodDefinition(handle);
            if (!path.StartsWith("..", StringComparison.Ordinal) && !path.Contains("/obj/", StringComparison.Ordinal))
                files[(NameOf(metadata, method.GetDeclaringType()), metadata.GetString(method.Name))] = path;
        }
    }

    static string NameOf(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var name = metadata.GetString(type.Name);
        if (type.IsNested)
            return $"{NameOf(metadata, type.GetDeclaringType())}+{name}";
        var space = metadata.GetString(type.Namespace);
        return space.Length == 0 ? name : $"{space}.{name}";
    }
}
