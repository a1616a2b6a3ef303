using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Sql;

/// <summary>Passwords and verifiers as far as no server is needed; what servers and programs make of them is in SetupWizard.Server.Tests.</summary>
public sealed class PasswordTests
{
    [Theory]
    [InlineData("", "missing")]
    [InlineData("tab\there", "control")]
    [InlineData("\uFB01garo", "ambiguous")]
    [InlineData("so\u00ADft", "ambiguous")]
    [InlineData("e\u0301", "ambiguous")]
    [InlineData("ｆｕｌｌ", "ambiguous")]
    public void A_password_that_programs_send_differently_is_refused_with_words(string password, string expected)
    {
        Assert.Equal(expected, PasswordRules.Problem(SecretString.From(password)));
        Assert.All(
            new[] { "en", "ko" },
            language => Assert.DoesNotContain("Field.", ConnectText.For(new FieldProblem("password", expected), CultureInfo.GetCultureInfo(language)), StringComparison.Ordinal));
    }

    [Fact]
    public void Two_verifiers_of_one_password_differ_by_their_salt() =>
        Assert.NotEqual(ScramVerifier.Create(new SecretString("same")).Reveal(), ScramVerifier.Create(new SecretString("same")).Reveal());

    [Fact]
    public void A_generated_password_is_long_plain_and_new_each_time()
    {
        var passwords = Enumerable.Range(0, 200).Select(_ => PasswordGenerator.Create().Reveal()).ToList();

        Assert.Equal(200, passwords.Distinct().Count());
        Assert.All(passwords, p =>
        {
            Assert.Matches("^[A-Za-z0-9]{32}$", p);
            Assert.True(p.Any(char.IsUpper) && p.Any(char.IsLower) && p.Any(char.IsDigit), p);
            Assert.Null(PasswordRules.Problem(new SecretString(p)));
        });
    }
}
