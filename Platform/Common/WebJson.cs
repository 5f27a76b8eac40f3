using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrderSaga.Platform.Common;

/// <summary>
/// JSON for external readers: web names, and times of fixed width, as <c>2026-01-31T12:00:00.123Z</c>, so that their text sorts by time.
/// </summary>
public static class WebJson
{
    /// <summary>Formats a time for answers, logs and pages.</summary>
    public static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static JsonSerializerOptions Options { get; } = With(JsonSerializerOptions.Web);

    public static JsonSerializerOptions Indented { get; } = new(Options) { WriteIndented = true };

    /// <summary>A copy of <paramref name="options"/> that writes times in this format.</summary>
    public static JsonSerializerOptions With(JsonSerializerOptions options)
    {
        var copy = new JsonSerializerOptions(options);
        AddTo(copy);
        return copy;
    }

    internal static void AddTo(JsonSerializerOptions options)
    {
        options.Converters.Add(new Instants());
        options.Converters.Add(new InstantsWithOffset());
    }

    /// <summary>Times without a kind come from a database, where all times are UTC.</summary>
    static void Write(Utf8JsonWriter writer, DateTime time)
    {
        var utc = time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
        Span<byte> text = stackalloc byte[28];
        // yyyy-MM-ddTHH:mm:ss.fffffffZ without its last four digits.
        _ = Utf8Formatter.TryFormat(utc, text, out _, 'O');
        text[23] = (byte)'Z';
        writer.WriteStringValue(text[..24]);
    }

    sealed class Instants : JsonConverter<DateTime>
    {
        public override DateTime Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTime();

        public override void Write(Utf8JsonWriter writer, DateTime value, JsonSerializerOptions options) => WebJson.Write(writer, value);
    }

    sealed class InstantsWithOffset : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDateTimeOffset();

        public override void Write(Utf8JsonWriter writer, DateTimeOffset value, JsonSerializerOptions options) => WebJson.Write(writer, value.UtcDateTime);
    }
}
