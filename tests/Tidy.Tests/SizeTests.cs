using Repository;

namespace Tidy.Tests;

public sealed class SizeTests
{
    [Fact]
    public void No_file_is_longer_than_the_limit() => Source.All.SelectMany(Size.LongFiles).ShouldBeNone();

    [Fact]
    public void No_method_is_longer_than_the_limit() => Source.All.SelectMany(Size.LongMethods).ShouldBeNone();

    [Fact]
    public void Every_Program_is_within_its_limit() => Source.All.SelectMany(Size.LongPrograms).ShouldBeNone();

    [Fact]
    public void No_line_is_longer_than_the_limit()
    {
        var scripts = Repo.Files("").Where(file => file.StartsWith("scripts/", StringComparison.Ordinal) || file is "test" or ".ci/run");
        var others = scripts.Concat(Repo.Files(".yaml").Where(file => file.StartsWith("compose", StringComparison.Ordinal)))
            .Select(file => (File: file, Lines: (IEnumerable<string>)Repo.Read(file).Split('\n')));
        Source.All.Select(source => (source.File, Lines: (IEnumerable<string>)source.Lines)).Concat(others)
            .SelectMany(file => Size.WideLines(file.File, file.Lines)).ShouldBeNone();
    }

    [Fact]
    public void No_test_name_is_longer_than_the_limit() => Source.All.SelectMany(Size.LongTestNames).ShouldBeNone();

    [Fact]
    public void A_file_of_251_lines_is_detected() => Size.LongFiles(Planted(Repeat("// line", 251))).ShouldHaveSingleItem();

    [Fact]
    public void A_method_of_41_lines_is_detected_and_one_of_40_is_not()
    {
        Size.LongMethods(MethodOf(41)).ShouldHaveSingleItem().ShouldStartWith("Planted.cs:4: 41");
        Size.LongMethods(MethodOf(40)).ShouldBeEmpty();
    }

    [Fact]
    public void Constructors_local_functions_and_properties_are_measured()
    {
        var body = $"\n{{\n{Repeat(";", 50)}}}\n";
        Size.LongMethods(Planted($"class C {{ C(){body} }}")).ShouldHaveSingleItem();
        Size.LongMethods(Planted($"void Local(){body}")).ShouldHaveSingleItem();
        Size.LongMethods(Planted($"class C {{ int P {{ get {body} }} }}")).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_line_beyond_the_limit_is_detected() => Size.WideLines("a", [new string('x', 160), new string('x', 161)]).ShouldHaveSingleItem();

    [Fact]
    public void A_Program_of_31_lines_is_detected() => Size.LongPrograms(new Source("X/Program.cs", Repeat("// line", 31))).ShouldHaveSingleItem();

    [Theory]
    [InlineData("Fact", 60, false)]
    [InlineData("Fact", 61, true)]
    [InlineData("Theory, InlineData(1)", 61, true)]
    [InlineData("Obsolete", 61, false)]
    public void A_test_name_of_61_characters_is_detected(string attributes, int length, bool found) =>
        Size.LongTestNames(Planted($"class C {{ [{attributes}] void {new string('N', length)}() {{ }} }}")).Any().ShouldBe(found);

    static Source MethodOf(int lines) => Planted($"class C\n{{\n    [Obsolete]\n    void M()\n    {{\n{Repeat("        ;", lines - 3)}    }}\n}}\n");

    static Source Planted(string text) => new("Planted.cs", text);

    static string Repeat(string line, int times) => string.Concat(Enumerable.Repeat(line + "\n", times));
}
