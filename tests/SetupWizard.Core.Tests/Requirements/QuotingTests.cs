using System.Text;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Requirements;

public sealed class QuotingTests
{
    public static TheoryData<string> Names =>
    [
        "Weird \"Name\" 주문",
        "two words",
        "it's; DROP TABLE x; --",
        "back\\slash",
        "\U0001F4E6",
        new string('a', 63),
        new string('ü', 31) + "x",
        "select",
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void Any_name_survives_in_every_statement(string name)
    {
        var quoted = "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
        Assert.True(Encoding.UTF8.GetByteCount(name) <= 63);

        var statements = Untouched(name).JudgeAll().SelectMany(f => f.Fixes).OfType<SqlChange>().DistinctBy(c => c.Key).ToList();

        Assert.Contains(statements, c => c.Statement.Display == $"GRANT USAGE ON SCHEMA {quoted} TO {quoted}");
        Assert.Contains(statements, c => c.Statement.Display == $"CREATE PUBLICATION {quoted} FOR TABLE {quoted}.{quoted}");
        Assert.Contains(statements, c => c.Statement.Display == $"ALTER TABLE {quoted}.{quoted} REPLICA IDENTITY FULL");
        Assert.Contains(statements, c => c.Statement.Display == $"GRANT {quoted} TO \"shop_admin\" WITH INHERIT TRUE, SET TRUE");
        Assert.Contains(statements, c => c.Statement.Display == $"ALTER DEFAULT PRIVILEGES FOR ROLE {quoted} IN SCHEMA {quoted} GRANT SELECT ON TABLES TO {quoted}");

        // Whatever stands outside of quotes is ours: nothing of the name is left there.
        Assert.All(statements.SelectMany(c => new[] { c.Statement.Display, c.Undo!.Display, c.NeededWhen ?? "" }), s => Assert.Matches("^[A-Za-z_ (),.;:=<>0-9-]*$", WithoutQuoted(s)));
    }

    private static SnapshotBuilder Untouched(string name) => SnapshotBuilder.Azure()
        .Role(new RoleFact { Name = name, AdminMayGrant = true })
        .Schema(name, name)
        .Table(name, name, t => t with { Owner = name, PrimaryKey = KeyState.None, AdminMayGrant = false, RowSecurityHides = true })
        .Goal(g => g with { Tables = [new(name, name)], Schemas = [name], Publication = name, Identities = [new(new(name, name), IdentityKind.Full, OnlyGrows: true)] })
        .Untouched()
        .Goal(g => g with { User = name });

    /// <summary>The statement without identifiers in double quotes and literals in single quotes.</summary>
    private static string WithoutQuoted(string statement)
    {
        var outside = new StringBuilder();
        for (var i = 0; i < statement.Length; i++)
        {
            if (statement[i] is not ('"' or '\''))
            {
                outside.Append(statement[i]);
                continue;
            }

            var quote = statement[i];
            for (i++; i < statement.Length; i++)
            {
                if (statement[i] == quote && i + 1 < statement.Length && statement[i + 1] == quote)
                {
                    i++;
                }
                else if (statement[i] == quote)
                {
                    break;
                }
            }
        }

        return outside.ToString();
    }
}
