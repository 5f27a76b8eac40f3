using Repository;

namespace Tidy.Tests;

public sealed class SizeTests
{
    [Fact]
    public void Every_file_fits_on_a_few_pages() => Source.All.SelectMany(Size.LongFiles).ShouldBeNone();

    [Fact]
    public void Every_method_fits_on_one_page() => Source.All.SelectMany(Size.LongMethods).ShouldBeNone();

    [Fact]
    public void Every_Program_is_a_short_index() => Source.All.SelectMany(Size.LongPrograms).ShouldBeNone();

    [Fact]
    public void No_line_is_wider_than_a_screen()
    {
        var scripts = Repo.Files("").Where(file => file.StartsWith("scripts/", StringComparison.Ordinal) || file is "test" or ".ci/run");
        var others = scripts.Concat(Repo.Files(".yaml").Where(file => file.StartsWith("compose", StringComparison.Ordinal)))
            .Select(file => (File: file, Lines: (IEnumerable<string>)Repo.Read(file).Split('\n')));
        Source.All.Select(source => (source.File, Lines: (IEnumerable<string>)source.Lines)).Concat(others)
            .SelectMany(file => Size.WideLines(file.File, file.Lines)).ShouldBeNone();
    }

    [Fact]
    public void A_file_of_251_lines_is_found() => Size.LongFiles(Planted(Repeat("// line", 251))).ShouldHaveSingleItem();

    [Fact]
    public void A_method_of_41_lines_is_found_and_one_of_40_is_not()
    {
        Size.LongMethods(MethodOf(41)).ShouldHaveSingleItem().ShouldStartWith("Planted.cs:4: 41");
        Size.LongMethods(MethodOf(40)).ShouldBeEmpty();
    }

    [Fact]
    public void A_constructor_a_local_function_and_a_property_are_measured_too()
    {
        var body = $"\n{{\n{Repeat(";", 50)}}}\n";
        Size.LongMethods(Planted($"class C {{ C(){body} }}")).ShouldHaveSingleItem();
        Size.LongMethods(Planted($"void Local(){body}")).ShouldHaveSingleItem();
        Size.LongMethods(Planted($"class C {{ int P {{ get {body} }} }}")).ShouldHaveSingleItem();
    }

    [Fact]
    public void A_line_of_161_characters_is_found() => Size.WideLines("a", [new string('x', 160), new string('x', 161)]).ShouldHaveSingleItem();

    [Fact]
    public void A_Program_of_31_lines_is_found() => Size.LongPrograms(new Source("X/Program.cs", Repeat("// line", 31))).ShouldHaveSingleItem();

    static Source MethodOf(int lines) => Planted($"class C\n{{\n    [Obsolete]\n    void M()\n    {{\n{Repeat("        ;", lines - 3)}    }}\n}}\n");

    static Source Planted(string text) => new("Planted.cs", text);

    static string Repeat(string line, int times) => string.Concat(Enumerable.Repeat(line + "\n", times));
}
