using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace OrderSaga.Platform.Database;

/// <summary>
/// Allows one process per directory of SQLite files: a second one would claim outbox rows and send them on its own in-memory bus. The
/// operating system holds the lock with the open file, so a killed process leaves no lock behind. On a network file system this needs lock
/// support.
/// </summary>
public static class DataLock
{
    /// <exception cref="IOException">Another process holds the lock, or the directory is not writable or not private.</exception>
    internal static IDisposable Acquire(WebApplication app, string fileName)
    {
        var held = new Held([]);
        foreach (var directory in Directories(app.Services.GetServices<IDatabase>()))
        {
            PrivateFiles.RestrictDirectory(directory);
            PrivateFiles.RestrictDatabases(directory);
            held.Files.Add(Open(Path.Combine(directory, fileName)));
        }

        return held;
    }

    static IEnumerable<string> Directories(IEnumerable<IDatabase> databases) => databases
        .Where(database => database.Dialect is SqliteDialect)
        .Select(database => new SqliteConnectionStringBuilder(database.ConnectionString).DataSource)
        .Where(file => file.Length > 0 && file != ":memory:")
        .Select(file => Path.GetDirectoryName(Path.GetFullPath(file))!).Distinct().Order(StringComparer.Ordinal);

    static FileStream Open(string file)
    {
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            var directory = Path.GetDirectoryName(file);
            throw new IOException(refused is IOException && refused.GetType() == typeof(IOException) && File.Exists(file) && CanWrite(directory!)
                ? $"The data directory {directory} is in use by another process; stop it, or choose another directory with --Data."
                : $"The data directory {directory} is not writable: {refused.Message}", refused);
        }
    }

    static bool CanWrite(string directory)
    {
        try
        {
            var probe = Path.Combine(directory, $"{Environment.ProcessId}.probe");
            File.Create(probe, 1, FileOptions.DeleteOnClose).Dispose();
            return true;
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    sealed record Held(List<FileStream> Files) : IDisposable
    {
        public void Dispose() => Files.ForEach(file => file.Dispose());
    }
}
