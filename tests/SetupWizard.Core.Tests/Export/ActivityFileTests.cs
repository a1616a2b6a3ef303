using System.Globalization;
using System.Text.Json;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Export;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.Export;

public sealed class ActivityFileTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Statements_are_listed_once_the_latest_first_with_what_became_of_them()
    {
        var items = Items();
        Assert.Equal(["Failed", "TookBack", "TakenBack"], items.Select(static i => i.Outcome));
        Assert.Equal(2, items[2].Entries.Count);
        Assert.True(items[0].Matches("GRANT 42501", "Failed"));
        Assert.True(items[0].Matches("  denied   admin ", "Failed"));
        Assert.False(items[0].Matches("grant publication", "Failed"));
        Assert.True(items[1].Matches("", "x"));
        Assert.True(items[1].Matches("undone", "Undone"));
    }

    [Fact]
    public void Csv_has_a_line_for_each_and_no_cell_that_a_spreadsheet_runs()
    {
        var lines = ActivityFile.Csv(Items()).Split("\r\n");
        Assert.Equal("at,outcome,login,code,statement,sqlstate,message", lines[0]);
        Assert.Equal("\"2026-03-01T12:00:03.000Z\",\"Failed\",\"'=admin\",\"SW301\",\"GRANT \"\"a\"\";\",\"42501\",\"permission denied\"", lines[1]);
        Assert.Equal(5, lines.Length);
        Assert.Equal("", lines[4]);
    }

    [Fact]
    public void Json_says_the_same_and_null_for_what_is_not_known()
    {
        using var json = JsonDocument.Parse(ActivityFile.Json(Items()));
        Assert.Equal(3, json.RootElement.GetArrayLength());
        Assert.Equal("GRANT \"a\";", json.RootElement[0].GetProperty("statement").GetString());
        Assert.Equal(JsonValueKind.Null, json.RootElement[1].GetProperty("message").ValueKind);
        Assert.Equal("[]", ActivityFile.Json([]));
    }

    [Fact]
    public void No_secret_reaches_a_file()
    {
        var statement = new SqlText("CREATE USER x PASSWORD " + SqlText.PasswordHole);
        var entry = Entry("s", 0, AuditEvent.InEffect, statement.Display);
        var items = ActivityItem.Of([entry], new AuditStanding([], [], []));
        foreach (var file in new[] { ActivityFile.Csv(items), ActivityFile.Json(items) })
        {
            Assert.Contains(SecretString.Mask, file, StringComparison.Ordinal);
            Assert.DoesNotContain('\0', file);
        }

        // What a file has comes from the record alone, and a line of the record has no place for a secret.
        Assert.DoesNotContain(typeof(AuditEntry).GetProperties(), static p => p.PropertyType == typeof(SecretString));
    }

    private static IReadOnlyList<ActivityItem> Items()
    {
        AuditEntry[] entries =
        [
            Entry("a", 0, AuditEvent.Started, "CREATE PUBLICATION p"),
            Entry("a", 0, AuditEvent.InEffect, "CREATE PUBLICATION p", 1),
            Entry("b", 0, AuditEvent.InEffect, "DROP PUBLICATION p", 2) with { Undoing = true },
            Entry("c", 0, AuditEvent.Failed, "GRANT \"a\"", 3) with { Login = "=admin", SqlState = "42501", Message = "permission denied" },
        ];
        return ActivityItem.Of(entries, new AuditStanding([], [], []) { TakenBack = new Dictionary<(string, int), DateTimeOffset> { [("a", 0)] = s_noon.AddSeconds(2) } });
    }

    private static AuditEntry Entry(string run, int index, AuditEvent happened, string sql, int second = 0) => new()
    {
        At = s_noon.AddSeconds(second),
        Run = run,
        Index = index,
        Event = happened,
        Source = "db",
        Login = "admin",
        Code = "SW301",
        Kind = "create-user",
        Phase = "User",
        Sql = sql,
        Arguments = new Dictionary<string, string> { ["n"] = index.ToString(CultureInfo.InvariantCulture) },
    };
}
