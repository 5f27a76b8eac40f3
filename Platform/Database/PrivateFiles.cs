using System.Runtime.Versioning;

namespace OrderSaga.Platform.Database;

/// <summary>Directories and files for their owner alone: Unix modes 0700 and 0600. Windows has no modes; the parent's rights apply.</summary>
public static class PrivateFiles
{
    const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    /// <summary>Creates the directory if it does not exist.</summary>
    /// <exception cref="IOException">The directory cannot be created.</exception>
    public static string CreateDirectory(string path)
    {
        try
        {
            return OperatingSystem.IsWindows() ? Directory.CreateDirectory(path).FullName : Directory.CreateDirectory(path, Owner).FullName;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The data directory {path} cannot be created: {refused.Message}", refused);
        }
    }

    /// <summary>Opens a file for writing that no other process has open.</summary>
    public static FileStream Open(string file, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(file, options);
    }

    /// <summary>Takes the rights of the group and of others; a missing path has none.</summary>
    /// <exception cref="IOException">The mode cannot be changed.</exception>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows() || ModeForOthers(path) == UnixFileMode.None)
            return;
        try
        {
            File.SetUnixFileMode(path, Mode(path) & Owner);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"Other users of this machine can use {path}, and its mode cannot be changed. Run: chmod go-rwx {path}", refused);
        }
    }

    /// <summary>The databases of a directory with their logs: SQLite gives a new log the mode of its database.</summary>
    /// <exception cref="IOException">A mode cannot be changed.</exception>
    public static void RestrictDatabases(string directory)
    {
        foreach (var file in Directory.Exists(directory) ? Directory.EnumerateFiles(directory, "*.db*") : [])
            Restrict(file);
    }

    /// <summary>As <see cref="Restrict"/>. Leaves a directory alone that holds other files than ours: it may be the system's.</summary>
    /// <exception cref="IOException">Other users can use the directory, and it is not ours or its mode cannot be changed.</exception>
    public static void RestrictDirectory(string path)
    {
        if (ModeForOthers(path) != UnixFileMode.None && !IsDataDirectory(path))
            throw new IOException(
                $"Other users of this machine can use the data directory {path}, which holds other files: choose an empty one, or run: chmod 700 {path}");
        Restrict(path);
    }

    internal static bool IsWritableByOthers(string path) => (ModeForOthers(path) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite)) != UnixFileMode.None;

    static UnixFileMode ModeForOthers(string path) =>
        OperatingSystem.IsWindows() || !Path.Exists(path) ? UnixFileMode.None : Mode(path) & Others;

    /// <summary>A link itself always has all rights: its target counts.</summary>
    [UnsupportedOSPlatform("windows")]
    static UnixFileMode Mode(string path) => File.GetUnixFileMode(File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path);

    static bool IsDataDirectory(string path) => !Directory.EnumerateFileSystemEntries(path).Any()
        || Directory.EnumerateFiles(path, "*.db").Concat(Directory.EnumerateFiles(path, "api-key*")).Any();
}
