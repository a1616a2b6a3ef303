namespace SetupWizard.Core.Tests.House;

/// <summary>What counts as a word on a page.</summary>
public sealed class WordCountTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("  \n\t ", 0)]
    [InlineData("one", 1)]
    [InlineData("one two\nthree\t four", 4)]
    [InlineData("SW202 is rds.logical_replication = 1", 4)]
    [InlineData("· → - … !", 0)]
    [InlineData("reads, never writes.", 3)]
    [InlineData("read-only don't 50,000", 3)]
    [InlineData("ClickPipes가 데이터베이스를 읽습니다", 3)]
    [InlineData("여덟 단계 중 3", 4)]
    [InlineData("one\u00A0two\u3000three", 3)]
    [InlineData("\U0001F600 \U00020000", 1)]
    public void A_word_stands_between_spaces_and_has_a_letter_or_a_digit(string text, int words) => Assert.Equal(words, WordCount.Of(text));
}
