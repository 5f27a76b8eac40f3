using System.Reflection;
using OrderSaga.Contracts;

namespace Contracts.Tests;

/// <summary>
/// What users of the contracts depend on, as text: one line for each record, interface and queue, one indented line per field.
/// </summary>
static class Shapes
{
    public static IReadOnlyList<Type> Records { get; } =
        [.. Types.Where(type => type.GetMethod("<Clone>$") is not null)];

    /// <summary>Records that are messages: those that are not a field of another record.</summary>
    public static IReadOnlyList<Type> Messages { get; } = [.. Records.Except(Records.SelectMany(Fields).SelectMany(field => Parts(field.ParameterType)))];

    public static string Print() => string.Join("\n", Records.SelectMany(Print).Concat(Interfaces()).Concat(Queues())) + "\n";

    public static ParameterInfo[] Fields(Type record) => record.GetConstructors().Single().GetParameters();

    public static bool IsOptional(ParameterInfo field) =>
        field.HasDefaultValue || new NullabilityInfoContext().Create(field).WriteState == NullabilityState.Nullable;

    /// <summary>A type, or the element type of a list.</summary>
    public static IEnumerable<Type> Parts(Type type) => [type, .. type.GetGenericArguments()];

    static IEnumerable<Type> Types => typeof(IOrderMessage).Assembly.GetExportedTypes().OrderBy(type => type.Name, StringComparer.Ordinal);

    static IEnumerable<string> Print(Type record)
    {
        var interfaces = record.GetInterfaces().Where(i => i.Assembly == record.Assembly).Select(i => i.Name).ToList();
        yield return $"record {record.FullName}{(interfaces.Count > 0 ? " : " + string.Join(", ", interfaces) : "")}";
        foreach (var field in Fields(record))
            yield return $"    {Name(field.ParameterType)} {field.Name}{(IsOptional(field) ? " optional" : "")}";
    }

    static IEnumerable<string> Interfaces() => Types.Where(type => type.IsInterface).SelectMany(type =>
        type.GetProperties().Select(property => $"    {Name(property.PropertyType)} {property.Name}").Prepend($"interface {type.FullName}"));

    static IEnumerable<string> Queues() =>
        typeof(Queues).GetFields().Select(queue => $"queue {queue.Name} = {queue.GetRawConstantValue()}").Order(StringComparer.Ordinal);

    static string Name(Type type) =>
        type.IsGenericType ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : type.Name;
}
