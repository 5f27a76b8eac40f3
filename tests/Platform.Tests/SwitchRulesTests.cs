using OrderSaga.Platform.Switches;

namespace Platform.Tests;

/// <summary>The pure rules of switches, beside a model that is written another way.</summary>
public sealed class SwitchRulesTests
{
    static readonly SwitchDefinition Colour = new("colour", "A colour.", ["grey", "red", "blue"],
        [new("tenant", _ => true), new("person", _ => true), new("part", _ => true, HasSeveralNames: true)], ["tenants", "persons"]);

    [Theory]
    [InlineData("""[{"value":"red"}]""", "acme", "a", "red", "rule 1")]
    [InlineData("""[]""", "acme", "a", "grey", "default")]
    [InlineData("""[{"value":"red","when":{"tenant":["acme"]}}]""", "acme", "a", "red", "rule 1")]
    [InlineData("""[{"value":"red","when":{"tenant":["acme"]}}]""", "beta", "a", "grey", "default")]
    [InlineData("""[{"value":"red","when":{"tenant":["ACME"]}}]""", "acme", "a", "grey", "default")]
    [InlineData("""[{"value":"red","when":{"tenant":["acme"],"person":["kim"]}}]""", "acme", "a", "grey", "default")]
    [InlineData("""[{"value":"grey","when":{"tenant":["acme"]}},{"value":"red"}]""", "acme", "a", "grey", "rule 1")]
    [InlineData("""[{"value":"grey","when":{"tenant":["acme"]}},{"value":"red"}]""", "beta", "a", "red", "rule 2")]
    [InlineData("""[{"value":"red","when":{"part":["a"]}}]""", "acme", "a b", "grey", "default")]
    [InlineData("""[{"value":"red","when":{"part":["a","b"]}}]""", "acme", "a b", "red", "rule 1")]
    [InlineData("""[{"value":"grey","when":{"part":["a"]}},{"value":"red"}]""", "acme", "a b", "grey", "rule 1")]
    [InlineData("""[{"value":"red","percent":100,"of":"persons"}]""", "acme", "a", "grey", "default")]
    [InlineData("""[{"value":"red","percent":100,"of":"tenants"}]""", "acme", "a", "red", "rule 1")]
    public void The_first_rule_that_matches_decides(string rules, string tenant, string parts, string value, string because) =>
        new SwitchRules(Colour, SwitchRules.Read(rules)).Decide(Subject(tenant, null, parts.Split(' '))).ShouldBe(new SwitchDecision(value, because));

    [Fact]
    public void A_killed_version_gives_the_default() =>
        new SwitchRules(Colour, [new("red")], killed: true).Decide(Subject("acme", null, ["a"])).ShouldBe(new SwitchDecision("grey", "killed"));

    [Fact]
    public void A_value_of_a_newer_build_is_an_error() =>
        Should.Throw<InvalidOperationException>(() => new SwitchRules(Colour, [new("green")]).Decide(Subject("acme", null, ["a"])))
            .Message.ShouldContain("Start the new build");

    [Fact]
    public void Generated_subjects_are_decided_as_by_the_model()
    {
        var chance = new Random(7);
        for (var round = 0; round < 500; round++)
        {
            var rules = Enumerable.Range(0, chance.Next(6)).Select(_ => AnyRule(chance)).ToList();
            var decide = new SwitchRules(Colour, SwitchRules.Read(SwitchRules.Write(rules)));
            for (var i = 0; i < 20; i++)
            {
                var subject = AnySubject(chance);
                decide.Decide(subject).Value.ShouldBe(Model(rules, subject), $"seed 7, round {round}");
            }
        }
    }

    [Fact]
    public void A_share_has_its_size_and_only_grows()
    {
        var tenants = Enumerable.Range(0, 10_000).Select(i => Subject($"t{i}", null, ["a"])).ToList();
        HashSet<int> before = [];
        foreach (var percent in (decimal[])[0.01m, 1, 10, 33.33m, 90, 100])
        {
            var rules = new SwitchRules(Colour, [new("red", Percent: percent, Of: "tenants")]);
            var now = Enumerable.Range(0, tenants.Count).Where(i => rules.Decide(tenants[i]).Value == "red").ToHashSet();
            before.IsSubsetOf(now).ShouldBeTrue($"{percent} %");
            ((double)now.Count).ShouldBe((double)percent * 100, 150, $"{percent} %");
            before = now;
        }

        var other = new SwitchRules(Colour with { Name = "shape" }, [new("red", Percent: 50, Of: "tenants")]);
        var half = new SwitchRules(Colour, [new("red", Percent: 50, Of: "tenants")]);
        ((double)tenants.Count(tenant => other.Decide(tenant) == half.Decide(tenant))).ShouldBe(5000, 250, "each switch has its own places");
    }

    [Fact]
    public void Narrower_rules_give_no_subject_a_new_value()
    {
        var (chance, narrower) = (new Random(11), 0);
        for (var round = 0; round < 4000; round++)
        {
            var before = Enumerable.Range(0, chance.Next(4)).Select(_ => AnyRule(chance)).ToList();
            var after = chance.Next(3) == 0 ? [.. Enumerable.Range(0, chance.Next(4)).Select(_ => AnyRule(chance))] : Changed(before, chance);
            if (!SwitchNarrowing.IsNarrower(Colour, before, after))
                continue;
            narrower++;
            var (old, young) = (new SwitchRules(Colour, before), new SwitchRules(Colour, after));
            for (var i = 0; i < 60; i++)
            {
                var subject = AnySubject(chance);
                young.Decide(subject).Value.ShouldBeOneOf(["grey", old.Decide(subject).Value],
                    $"seed 11, round {round}: {SwitchRules.Write(before)} -> {SwitchRules.Write(after)}");
            }
        }

        narrower.ShouldBeGreaterThan(400);
    }

    [Theory]
    [InlineData("""[{"value":"red"}]""", "[]", true)]
    [InlineData("[]", """[{"value":"red"}]""", false)]
    [InlineData("""[{"value":"red","percent":20,"of":"tenants"}]""", """[{"value":"red","percent":10,"of":"tenants"}]""", true)]
    [InlineData("""[{"value":"red","percent":10,"of":"tenants"}]""", """[{"value":"red","percent":20,"of":"tenants"}]""", false)]
    [InlineData("""[{"value":"red","percent":10,"of":"tenants"}]""", """[{"value":"red","percent":5,"of":"persons"}]""", false)]
    [InlineData("""[{"value":"red"}]""", """[{"value":"grey","when":{"tenant":["acme"]}},{"value":"red"}]""", true)]
    [InlineData("""[{"value":"grey","when":{"tenant":["acme"]}},{"value":"red"}]""", """[{"value":"red"}]""", false)]
    [InlineData("""[{"value":"red","when":{"tenant":["acme","beta"]}}]""", """[{"value":"red","when":{"tenant":["acme"]}}]""", true)]
    [InlineData("""[{"value":"red","when":{"tenant":["acme"]}},{"value":"blue"}]""", """[{"value":"blue"}]""", false)]
    [InlineData("""[{"value":"red"}]""", """[{"value":"blue"}]""", false)]
    public void Narrower_means_the_same_value_or_the_default(string before, string after, bool narrower) =>
        SwitchNarrowing.IsNarrower(Colour, SwitchRules.Read(before), SwitchRules.Read(after)).ShouldBe(narrower);

    /// <summary>By filtering instead of searching, and with its own hash place.</summary>
    static string Model(List<SwitchRule> rules, SwitchSubject subject) =>
        rules.Where(rule => Fits(rule, subject)).Select(rule => rule.Value!).FirstOrDefault("grey");

    static bool Fits(SwitchRule rule, SwitchSubject subject)
    {
        foreach (var (dimension, listed) in rule.When ?? new Dictionary<string, IReadOnlyList<string>?>())
        {
            var has = subject.Names.GetValueOrDefault(dimension, []);
            var common = has.Intersect(listed!).Count();
            if (common == 0 || (dimension == "part" && rule.Value != "grey" && common < has.Distinct().Count()))
                return false;
        }

        return rule.Percent is null || (subject.Units.TryGetValue(rule.Of!, out var unit) && SwitchRules.Place("colour", unit) / 100m < rule.Percent);
    }

    static SwitchRule AnyRule(Random chance)
    {
        var when = new Dictionary<string, IReadOnlyList<string>?>();
        foreach (var (dimension, names) in ((string, string[])[])[("tenant", ["acme", "beta", "core"]), ("person", ["kim", "lee"]), ("part", ["a", "b", "c"])])
            if (chance.Next(2) == 0)
                when[dimension] = [.. names.Where(_ => chance.Next(2) == 0).DefaultIfEmpty(names[0])];
        var share = chance.Next(3) == 0;
        return new SwitchRule(Colour.Values[chance.Next(3)], when.Count == 0 ? null : when, share ? chance.Next(1, 101) : null,
            share ? Colour.Units[chance.Next(2)] : null);
    }

    static List<SwitchRule> Changed(List<SwitchRule> before, Random chance)
    {
        List<SwitchRule> after = [.. before];
        if (after.Count > 0 && chance.Next(2) == 0)
            after.RemoveAt(chance.Next(after.Count));
        if (after.Count > 0 && chance.Next(2) == 0 && chance.Next(after.Count) is var at && after[at].Percent is { } percent)
            after[at] = after[at] with { Percent = Math.Max(1, percent - chance.Next(-20, 60)) };
        if (chance.Next(2) == 0)
            after.Insert(chance.Next(after.Count + 1), AnyRule(chance) with { Value = chance.Next(4) == 0 ? "red" : "grey" });
        return after;
    }

    static SwitchSubject AnySubject(Random chance) => Subject(
        ((string[])["acme", "beta", "core", "dawn"])[chance.Next(4)], ((string?[])["kim", "lee", "max", null])[chance.Next(4)],
        [.. ((string[])["a", "b", "c"]).Where(_ => chance.Next(2) == 0).DefaultIfEmpty("d")]);

    static SwitchSubject Subject(string tenant, string? person, string[] parts)
    {
        var names = new Dictionary<string, IReadOnlyList<string>> { ["tenant"] = [tenant], ["part"] = parts };
        var units = new Dictionary<string, string> { ["tenants"] = tenant };
        if (person is not null)
            (names["person"], units["persons"]) = ([person], $"{tenant}\n{person}");
        return new SwitchSubject(names, units);
    }
}
