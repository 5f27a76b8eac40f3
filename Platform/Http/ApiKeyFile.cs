using System.Text.Json;
using System.Text.Json.Serialization;
using OrderSaga.Platform.Common;
using OrderSaga.Platform.Database;

namespace OrderSaga.Platform.Http;

/// <summary>
/// The key file that all processes of an installation share. Only its section <c>ApiKeys</c> is read. A change holds a lock file and replaces
/// the file whole.
/// </summary>
sealed class ApiKeyFile(string directory)
{
    static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(10);

    static readonly JsonSerializerOptions Json = WebJson.With(new JsonSerializerOptions
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        PropertyNameCaseInsensitive = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    });

    public string Path { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(directory, ApiKeys.FileName));

    /// <summary>The file behind a link.</summary>
    string Target => File.Exists(Path) ? File.ResolveLinkTarget(Path, returnFinalTarget: true)?.FullName ?? Path : Path;

    /// <exception cref="InvalidDataException">The file cannot be read.</exception>
    public string ReadText()
    {
        try
        {
            return File.ReadAllText(Path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(unreadable);
        }
    }

    /// <summary>The definitions in a text of the file. An invalid one does not hide the others.</summary>
    /// <exception cref="InvalidDataException">The text is not that of a key file.</exception>
    public IEnumerable<ApiKeyDefinition> Definitions(string text) =>
        Parse(text).ApiKeys.Keys.Select(one => new ApiKeyDefinition(one.Key, Path, () => Entry(one.Value)));

    /// <exception cref="JsonException">The definition has an unknown member or a value of a wrong type.</exception>
    public static ApiKeyEntry Entry(JsonElement definition) =>
        definition.Deserialize<ApiKeyEntry>(Json) ?? throw new JsonException("A key must be an object.");

    public static JsonElement Definition(ApiKeyEntry entry) => JsonSerializer.SerializeToElement(entry, Json);

    /// <summary>Changes the definitions while no other process does, and reads them back.</summary>
    /// <exception cref="IOException">Another process holds the lock, or changed the file without it.</exception>
    public void Change(Action<Dictionary<string, JsonElement>> change)
    {
        PrivateFiles.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        var target = Target;
        using var held = Lock(target + ".lock");
        var document = File.Exists(target) ? Parse(ReadText()) : new Document();
        change(document.ApiKeys.Keys);
        var text = JsonSerializer.Serialize(document, Json);
        Replace(target, text);
        if (ReadText() != text)
            throw new IOException($"Another program changed {Path} at the same time: list the keys, and run the command again.");
    }

    /// <summary>
    /// Makes the file private. A file of another owner may be readable, as a mounted secret is: it holds hashes. No other user may write it.
    /// </summary>
    /// <exception cref="IOException">Other users can write the file, and its mode cannot be changed.</exception>
    public void Restrict()
    {
        try
        {
            PrivateFiles.Restrict(Path);
        }
        catch (IOException) when (!PrivateFiles.IsWritableByOthers(Path))
        {
            // Readable only.
        }
    }

    Document Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Document>(text, Json) ?? throw new JsonException("It has no object.");
        }
        catch (JsonException unreadable)
        {
            throw Unreadable(unreadable);
        }
    }

    InvalidDataException Unreadable(Exception failure) => new($"The key file {Path} cannot be read: {failure.Message}", failure);

    static FileStream Lock(string file)
    {
        FileStream? held = null;
        IOException? refused = null;
        return SpinWait.SpinUntil(TryOpen, LockTimeout)
            ? held!
            : throw new IOException($"The lock {file} is not free after {LockTimeout.TotalSeconds} s: {refused!.Message}", refused);

        bool TryOpen()
        {
            try
            {
                held = PrivateFiles.Open(file, FileMode.OpenOrCreate);
                return true;
            }
            catch (IOException inUse)
            {
                refused = inUse;
                return false;
            }
        }
    }

    static void Replace(string file, string text)
    {
        var fresh = file + ".new";
        File.Delete(fresh);
        using (var stream = PrivateFiles.Open(fresh, FileMode.CreateNew))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }
        File.Move(fresh, file, overwrite: true);
    }

    sealed record Document
    {
        public Section ApiKeys { get; init; } = new();

        /// <summary>Other sections are kept as they are.</summary>
        [JsonExtensionData]
        public Dictionary<string, JsonElement>? Others { get; init; }
    }

    sealed record Section
    {
        public Dictionary<string, JsonElement> Keys { get; init; } = [];
    }
}
