using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.Sql;

/// <summary>Names that somebody gives to a user or a publication: whatever a program asks for a name with can take them.</summary>
public sealed class GivenNameTests
{
    [Theory]
    [InlineData("clickpipes_user")]
    [InlineData(" a b ")]
    [InlineData("\\! touch x #")]
    [InlineData("`id` $$ :name 'q' \"d\"")]
    [InlineData("주문📦\u200B")]
    public void Name_of_characters_that_can_be_typed_can_be_given(string name) => Assert.True(PgIdentifier.CanBeGiven(name));

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(" ")]
    [InlineData("   ")]
    [InlineData("\u00A0\u3000")]
    [InlineData("u\n\\! touch x #")]
    [InlineData("u\r\\! touch x #")]
    [InlineData("u\t")]
    [InlineData("u\u0085")]
    [InlineData("u\u2028v")]
    [InlineData("u\u2029v")]
    [InlineData("u\0")]
    [InlineData("u\u001b[2J")]
    [InlineData("aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgggg")]
    public void Name_without_a_visible_character_or_with_one_that_steers_cannot(string? name)
    {
        Assert.False(PgIdentifier.CanBeGiven(name));
        Assert.False(PgIdentifier.CanBeUser(name));
    }
}
