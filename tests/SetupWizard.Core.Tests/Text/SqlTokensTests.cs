using SetupWizard.Core.Text;

namespace SetupWizard.Core.Tests.Text;

public sealed class SqlTokensTests
{
    public static TheoryData<string> Statements =>
    [
        "",
        "GRANT SELECT ON TABLE \"public\".\"orders\", \"public\".\"customers\" TO \"clickpipes_user\";",
        "GRANT SELECT (\"id\", \"name\") ON \"public\".\"a\" TO \"u\"",
        "CREATE PUBLICATION \"p\" FOR TABLE \"a\".\"b\", ONLY \"a\".\"c\" (\"id\", \"x\") WHERE (\"x\" > 1), TABLES IN SCHEMA \"s\", \"t\" WITH (publish = 'insert, update', publish_via_partition_root = true)",
        "DO $do$\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'it''s') THEN -- why, \"not\"\n    RAISE EXCEPTION 'x';\n  END IF;\nEND\n$do$;",
        "SELECT E'a\\'b', '--', \"--\", /* two\nlines */ 1 - 2 / 3, -4;",
        "ALTER ROLE \"a \"\"b\"\" 📦 주문\" SET wal_sender_timeout = '0'",
        "\\password :\"clickpipes_user\"\n\\if :{?x}",
        "SELECT 'unfinished, \"name",
        "GRANT SELECT ON \"a\".\"b\", \"a",
        "-- only a comment",
        "/* unfinished",
        "E'x", "E", "\"", "'", "-", "/", ",", ", \"a\"", "(((", ")))", ")\"a\", \"b\"",
    ];

    [Theory]
    [MemberData(nameof(Statements))]
    public void Pieces_and_lines_put_together_are_the_text(string sql)
    {
        Assert.Equal(sql, string.Concat(SqlTokens.Of(sql).Select(static t => t.Text)));
        Assert.Equal(sql, string.Concat(SqlTokens.Lines(sql).SelectMany(static l => l.Tokens).Select(static t => t.Text)));
    }

    [Fact]
    public void Pieces_put_together_are_the_text_whatever_it_is()
    {
        const string Alphabet = "ab AB,.'\"()-/*\n\\E;$";
        var random = new Random(20261201);
        for (var i = 0; i < 20_000; i++)
        {
            var sql = new string([.. Enumerable.Range(0, random.Next(24)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            Assert.Equal(sql, string.Concat(SqlTokens.Lines(sql).SelectMany(static l => l.Tokens).Select(static t => t.Text)));
        }
    }

    [Theory]
    [InlineData("CREATE USER \"u\" LOGIN", "Keyword:CREATE USER|Plain: |Name:\"u\"|Plain: |Keyword:LOGIN")]
    [InlineData("SET a = 'it''s' -- \"x\"", "Keyword:SET|Plain: a = |Literal:'it''s'|Plain: |Comment:-- \"x\"")]
    [InlineData("E'\\'' \"a\"\"b\" 'x", "Literal:E'\\''|Plain: |Name:\"a\"\"b\"|Plain: |Literal:'x")]
    [InlineData("pg_roles R2 A", "Plain:pg_roles |Keyword:R2|Plain: A")]
    public void Key_words_names_literals_and_comments_are_told_apart(string sql, string pieces) =>
        Assert.Equal(pieces, string.Join('|', SqlTokens.Of(sql).Select(static t => $"{t.Kind}:{t.Text}")));

    [Theory]
    [InlineData("GRANT SELECT ON TABLE \"public\".\"a\", \"public\".\"b\" TO \"u\"", "\"public\".\"a\", |\"public\".\"b\" ")]
    [InlineData("ALTER PUBLICATION \"p\" ADD TABLE \"a\", ONLY \"b\" (\"x\", \"y\") WHERE (\"x\" > 1), \"c\"", "\"a\", |ONLY \"b\" (\"x\", \"y\") WHERE (\"x\" > 1), |\"c\"")]
    [InlineData("REVOKE INSERT, UPDATE ON \"a\" FROM \"u\"", "")]
    [InlineData("GRANT SELECT (\"id\", \"name\") ON \"a\" TO \"u\"", "")]
    [InlineData("CREATE PUBLICATION \"p\" WITH (publish = 'insert, update')", "")]
    public void Tables_of_a_list_have_a_line_each(string sql, string items) =>
        Assert.Equal(items, string.Join('|', SqlTokens.Lines(sql).Where(static l => l.Item).Select(static l => string.Concat(l.Tokens.Select(static t => t.Text)))));
}
