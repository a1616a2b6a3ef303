using System.Globalization;
using System.Text.Json;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Export;

/// <summary>Names with what nobody sees in them: what is read shows it, what is run or read by programs stays exact.</summary>
public sealed class HiddenCharacterTests
{
    private const string Odd = "a\u202eb\u200bc\ufeffd\u001be\u0007f\u007fg\u2028h\r\ni";
    private const string Shown = "a⟨U+202E⟩b⟨U+200B⟩c⟨U+FEFF⟩d⟨U+001B⟩e⟨U+0007⟩f⟨U+007F⟩g⟨U+2028⟩h⟨U+000D⟩⟨U+000A⟩i";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");
    private static readonly TableRef s_table = new(Odd, Odd);

    public static TheoryData<ExportFormat> Formats => [.. Enum.GetValues<ExportFormat>()];

    private static SqlChange Grant => new()
    {
        For = RequirementId.User,
        Kind = "grant-select",
        Phase = ChangePhase.Grants,
        Statement = new SqlText($"GRANT SELECT ON {s_table.Quoted} TO {PgIdentifier.Quote(Odd)}"),
        Undo = new SqlText($"REVOKE SELECT ON {s_table.Quoted} FROM {PgIdentifier.Quote(Odd)}"),
        Arguments = new Dictionary<string, object?>(StringComparer.Ordinal) { ["table"] = s_table, ["user"] = Odd, ["schema"] = Odd },
    };

    private static ExportInput Input
    {
        get
        {
            var inspection = OddSource.Inspection with
            {
                Goal = new SetupGoal { User = Odd, Publication = Odd },
                Endpoint = OddSource.Inspection.Endpoint with { Database = Odd },
                Tables = new TableSelection { Chosen = [new TableFact { Ref = s_table, Owner = Odd, PrimaryKey = KeyState.Usable }] },
                Findings = [new Finding { Id = RequirementId.User, Area = Area.Access, State = FindingState.Blocking, Case = "missing", Subjects = [Subject.Of(s_table)], Arguments = Grant.Arguments, Server = new ServerMessage("42501", Odd) }],
            };
            return new ExportInput(inspection, new SetupPlan
            {
                Goal = inspection.Goal,
                Provider = "sample-cloud",
                Fingerprint = "f",
                Changes = [Grant],
                HandOff = [Grant with { RunBy = Odd, NeededWhen = $"has_table_privilege({PgLiteral.Quote(Odd)}, 1::oid, 'SELECT')" }],
            })
            {
                Undo = new SetupPlan { Goal = inspection.Goal, Provider = "sample-cloud", Fingerprint = "u", Undo = UndoRequest.OfGoal, Changes = [Grant with { Statement = Grant.Undo!, Undo = null }] },
                Version = "1.2.3",
                Applied = OddSource.Input.Applied!.Select(a => a with { Login = Odd, Sql = Grant.Statement.Display }).ToList(),
                Columns = [new TableColumns(s_table, [new TableColumn(Odd, new PostgresType(Odd, Odd), ColumnOrigin.Written, 1)])],
            };
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void Nothing_is_hidden_in_any_file_but_in_what_psql_runs(ExportFormat format)
    {
        var text = Exporter.Create(format, Input, s_english).Text;
        if (format is ExportFormat.Sql or ExportFormat.Undo)
        {
            // What is run has the names as they are, line ends and all.
            text = text.Replace(s_table.Quoted, "", StringComparison.Ordinal).Replace(PgIdentifier.Quote(Odd), "", StringComparison.Ordinal).Replace(PgLiteral.Quote(Odd), "", StringComparison.Ordinal);
        }

        Assert.DoesNotContain(text.EnumerateRunes(), r => r.Value != '\n' && VisibleText.IsHidden(r));
    }

    [Fact]
    public void Script_runs_the_exact_names_and_its_comments_show_them()
    {
        var script = Exporter.Create(ExportFormat.Sql, Input, s_english).Text;

        Assert.Contains("\n" + Grant.Statement.Display + ";\n", script, StringComparison.Ordinal);
        Assert.Contains($"--   GRANT SELECT ON \"{Shown}\".\"{Shown}\" TO \"{Shown}\";\n", script, StringComparison.Ordinal);
        Assert.Contains(FindingText.Title(Grant, s_english), script, StringComparison.Ordinal);
        Assert.Contains(Shown, FindingText.Title(Grant, s_english), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_for_people_shows_names_statements_and_columns()
    {
        var report = Exporter.Create(ExportFormat.Markdown, Input, s_english).Text;

        Assert.Contains($"   GRANT SELECT ON \"{Shown}\".\"{Shown}\" TO \"{Shown}\";\n", report, StringComparison.Ordinal);
        Assert.Contains($"| `{Shown}` | `{Shown}` |", report, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_has_the_exact_names_and_statements()
    {
        var text = JsonReport.Write(new ReportInput(Input.Inspection) { Changes = [new ChangeReport(Grant, ChangeState.Planned)] }, s_english);
        using var report = JsonDocument.Parse(text);

        Assert.DoesNotContain(text.EnumerateRunes(), r => r.Value != '\n' && VisibleText.IsHidden(r));
        Assert.Equal(Grant.Statement.Display, report.RootElement.GetProperty("changes")[0].GetProperty("sql").GetString());
        Assert.Equal(s_table.ToString(), report.RootElement.GetProperty("findings")[0].GetProperty("subjects")[0].GetString());
    }

    [Fact]
    public void Plan_file_keeps_the_exact_statements_under_its_signature()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var input = Input;
        var file = PlanFile.Of(input.Inspection with { Provider = Core.Providers.SelfManaged.Profile }, input.Plan with { Provider = Core.Providers.SelfManaged.Id }, DateTimeOffset.UnixEpoch, s_english);
        var text = PlanFileFormat.Write(file, key);

        Assert.DoesNotContain(text.EnumerateRunes(), r => r.Value != '\n' && VisibleText.IsHidden(r));
        Assert.Contains("\\u202e", text, StringComparison.Ordinal);
    }
}
