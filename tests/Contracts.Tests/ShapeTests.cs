using Repository;

namespace Contracts.Tests;

/// <summary>
/// Messages outlive the build that sent them: the queues connect old senders and new receivers. So contracts only grow, by new messages and
/// by optional fields at the end of old ones.
/// </summary>
public sealed class ShapeTests
{
    const string Approved = "tests/Contracts.Tests/shapes.txt";
    const string Received = "tests/Contracts.Tests/shapes.received.txt";

    [Fact]
    public void The_contracts_have_the_approved_shapes()
    {
        var shapes = Shapes.Print();
        if (shapes == Repo.Read(Approved))
            return;

        File.WriteAllText(Repo.Path(Received), shapes);
        Assert.Fail($"The contracts' shapes have changed. Read the difference; if it only adds, approve it:\n"
            + $"  diff {Approved} {Received}\n  mv {Received} {Approved}");
    }

    [Fact]
    public void Approved_shapes_are_never_removed() => Breaks(Repo.Read(Approved), Shapes.Print()).ShouldBeEmpty();

    [Theory]
    [InlineData("record A\n    Guid Id\n", "record A\n    Guid Id\n    String Note optional\nrecord B\n", null)]
    [InlineData("record A\n    Guid Id\n", "record A\n    Guid Id\n    String Note\n", "record A: 'String Note' is new and not optional")]
    [InlineData("record A\n    Guid Id\n", "record B\n", "record A is gone")]
    [InlineData("record A\n    Guid Id\n", "record A\n    Int64 Id\n", "record A: 'Guid Id' is gone, changed or moved")]
    [InlineData("record A\n    Guid Id\n    String B\n", "record A\n    String B\n    Guid Id\n", "record A: 'Guid Id' is gone, changed or moved")]
    [InlineData("queue Orders = orders\n", "queue Orders = order\n", "queue Orders = orders is gone")]
    public void A_breaking_contract_change_is_detected(string before, string after, string? found) =>
        Breaks(before, after).FirstOrDefault().ShouldBe(found);

    static IEnumerable<string> Breaks(string before, string after)
    {
        var now = Parse(after).ToDictionary();
        foreach (var (name, fields) in Parse(before))
        {
            if (!now.TryGetValue(name, out var present))
            {
                yield return $"{name} is gone";
                continue;
            }
            foreach (var (field, _) in fields.Select((field, at) => (field, at)).Where(pair => present.ElementAtOrDefault(pair.at) != pair.field))
                yield return $"{name}: '{field}' is gone, changed or moved";
            foreach (var field in present.Skip(fields.Count).Where(field => !field.EndsWith(" optional", StringComparison.Ordinal)))
                yield return $"{name}: '{field}' is new and not optional";
        }
    }

    static List<KeyValuePair<string, List<string>>> Parse(string shapes)
    {
        var types = new List<KeyValuePair<string, List<string>>>();
        foreach (var line in shapes.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            if (line.StartsWith(' '))
                types[^1].Value.Add(line.Trim());
            else
                types.Add(new(line, []));
        return types;
    }
}
