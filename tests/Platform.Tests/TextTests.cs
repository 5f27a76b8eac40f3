using OrderSaga.Platform.Common;

namespace Platform.Tests;

/// <summary>External text is made valid for a column, a log line and a page.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("card\0declined", "card declined")]
    [InlineData("one\r\ntwo\u2028three\u0085four", "one two three four")]
    [InlineData("\u001b[2J\u0007red", "[2J red")]
    [InlineData("  kept  inside  ", "kept  inside")]
    [InlineData("\0\r\n", "")]
    [InlineData("", "")]
    [InlineData("t\u00e4 \u8336 \ud83c\udf75", "t\u00e4 \u8336 \ud83c\udf75")]
    public void Control_characters_become_one_space(string text, string clean) => Text.Clean(text, 100).ShouldBe(clean);

    [Fact]
    public void Lone_surrogates_become_replacement_characters()
    {
        Text.Clean("a\ud83cb", 100).ShouldBe("a\ufffdb");
        Text.Clean("a\udf75b", 100).ShouldBe("a\ufffdb");
        Text.Clean("\udf75\ud83c", 100).ShouldBe("\ufffd\ufffd");
    }

    [Theory]
    [InlineData("abc", 3, "abc")]
    [InlineData("abcd", 3, "abc")]
    [InlineData("ab\ud83c\udf75", 3, "ab")]
    [InlineData("ab\ud83c\udf75", 4, "ab\ud83c\udf75")]
    [InlineData("ab\ud83d\udc69\u200d\ud83d\udcbb", 6, "ab")]
    [InlineData("abe\u0301", 3, "ab")]
    [InlineData("a\u0301\u0302\u0303\u0304", 3, "a\u0301\u0302")]
    [InlineData("\ud83c\udf75\u0301\u0301", 1, "")]
    [InlineData("abc", 0, "")]
    public void Text_is_truncated_between_whole_characters(string text, int length, string cut) => Text.Cut(text, length).ShouldBe(cut);

    [Fact]
    public void Truncated_text_has_no_trailing_space() => Text.Clean("one two", 4).ShouldBe("one");

    [Fact]
    public void Line_breaks_can_be_kept() => Text.CleanLines("at A()\r\n\tat B()\0\0", 100).ShouldBe("at A()\r\n\tat B() ");

    [Fact]
    public void Null_text_stays_null()
    {
        Text.Clean(null, 10).ShouldBeNull();
        Text.CleanLines(null, 10).ShouldBeNull();
    }
}
