using System.Text;

namespace Telemetry.Tests;

/// <summary>
/// The part of the Protobuf wire format that OTLP needs: fields by number, each a slice of bytes
/// (https://protobuf.dev/programming-guides/encoding).
/// </summary>
static class Protobuf
{
    /// <summary>The length-delimited fields of a message; numbers are skipped.</summary>
    public static IEnumerable<(int Field, ReadOnlyMemory<byte> Value)> Fields(ReadOnlyMemory<byte> message)
    {
        var at = 0;
        while (at < message.Length)
        {
            var tag = Varint(message, ref at);
            var length = (tag & 7) switch
            {
                0 => Skip(message, ref at),
                1 => 8,
                2 => (int)Varint(message, ref at),
                5 => 4,
                var wire => throw new InvalidDataException($"Wire type {wire} is not known."),
            };
            if ((tag & 7) == 2)
                yield return ((int)(tag >> 3), message.Slice(at, length));
            at += length;
        }
    }

    public static IEnumerable<ReadOnlyMemory<byte>> Field(ReadOnlyMemory<byte> message, int number) =>
        Fields(message).Where(field => field.Field == number).Select(field => field.Value);

    public static string Text(ReadOnlyMemory<byte> value) => Encoding.UTF8.GetString(value.Span);

    static int Skip(ReadOnlyMemory<byte> message, ref int at)
    {
        Varint(message, ref at);
        return 0;
    }

    static ulong Varint(ReadOnlyMemory<byte> message, ref int at)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var next = message.Span[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }
    }
}
