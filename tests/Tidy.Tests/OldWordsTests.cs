using Repository;

namespace Tidy.Tests;

/// <summary>The product speaks plain English: comments, messages and API texts.</summary>
public sealed class OldWordsTests
{
    [Fact]
    public void No_comment_or_text_of_the_product_has_an_old_word() =>
        Source.All.Where(source => source.Folder is not ("tests" or "tools")).SelectMany(OldWords.Found).ShouldBeNone();

    /// <summary>The changelog keeps the words of its time.</summary>
    [Fact]
    public void No_document_has_an_old_word() => Repo.Files(".md").Concat(Repo.Files(".yaml")).Where(file => file != "CHANGELOG.md")
        .SelectMany(file => OldWords.Found(file, Repo.Read(file))).ShouldBeNone();

    [Theory]
    [InlineData("/// <summary>What the gateway told.</summary>\nclass C;", 1)]
    [InlineData("/// <summary>\n/// It waits for\n/// ever.\n/// </summary>\nclass C;", 1)]
    [InlineData("var x = $\"{1} mended, {2} open for a person\";", 2)]
    [InlineData("var x = \"\"\"\n    a run is under\n    way\n    \"\"\";", 1)]
    [InlineData("/// <summary>A <see cref=\"Told\"/> answer.</summary>\nclass Told { int nobody; }", 0)]
    [InlineData("// The toldest personal best.\nclass C;", 0)]
    public void An_old_word_is_found(string text, int found) => OldWords.Found(new Source("Planted.cs", text)).Count().ShouldBe(found);

    [Fact]
    public void The_line_of_an_old_word_is_named() =>
        OldWords.Found(new Source("Planted.cs", "class A;\n\n// fine\n// and anew\nclass B;")).ShouldHaveSingleItem().ShouldStartWith("Planted.cs:4: 'anew'");
}
