namespace Tidy.Tests;

public sealed class PlainNamesTests
{
    [Fact]
    public void Names_use_the_terms_of_the_field() => Source.All.SelectMany(PlainNames.Found).ShouldBeNone();

    [Theory]
    [InlineData("class StuckBreach;")]
    [InlineData("class C { void Carry() { } }")]
    [InlineData("class C { int MostRows => 1; }")]
    [InlineData("enum E { UnderWay }")]
    [InlineData("record R(string Silence);")]
    [InlineData("class C { void M() { foreach (var told in new int[1]) { } } }")]
    [InlineData("class C { (int Holes, int Gaps) M() => (0, 0); }")]
    public void A_word_of_a_private_language_is_found(string text) => PlainNames.Found(new Source("Planted.cs", text)).ShouldHaveSingleItem();

    [Theory]
    [InlineData("class C { void M() => list.Take(1).ToLookup(x => x); }")]
    [InlineData("class C { /* told */ string text = \"told\"; }")]
    [InlineData("class C { void A_lost_answer_is_asked_for_again() { } }")]
    public void Calls_texts_and_test_methods_are_not(string text) => PlainNames.Found(new Source("Planted.cs", text)).ShouldBeEmpty();
}
