using System.Globalization;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>FULL without a primary key satisfies PostgreSQL and loses rows in ClickHouse: it takes somebody to say that the table only grows.</summary>
[Collection(SandboxFixture.Families)]
public sealed class KeylessFullTests
{
    private static readonly TableRef s_log = new("field", "Log '1'");
    private static readonly TableRef s_full = new("field", "full");

    [Fact]
    public async Task Table_without_a_key_gets_FULL_only_from_somebody_who_says_that_it_only_grows()
    {
        await using var sandbox = await SandboxFixture.FreshAsync(SandboxProfile.AmazonRds, 15);
        using var without = new EngineHarness(sandbox) { Goal = Goal(false) };
        using var with = new EngineHarness(sandbox) { Goal = Goal(true) };
        await with.TurnOnLogicalReplicationAsync();
        await AdminAsync(
            sandbox,
            """
            CREATE SCHEMA field;
            CREATE TABLE field."Log '1'" (at timestamptz, what text);
            CREATE TABLE field.full (a int, b text);
            ALTER TABLE field.full REPLICA IDENTITY FULL;
            CREATE TABLE field.keyed (id int PRIMARY KEY DEFERRABLE, v text);
            INSERT INTO field."Log '1'" VALUES (now(), 'x'); INSERT INTO field.full VALUES (1, 'x')
            """);

        // Nobody agreed: the one stays out, of the other it is said, and nothing calls FULL a remedy.
        var before = await without.InspectAsync();
        Assert.Equal([("full-without-key", FindingState.Blocking), ("chosen-full", FindingState.Blocking), ("is-full-without-key", FindingState.Warning)], Identity(before));
        var plan = without.Runner.Plan(before);
        Assert.Equal(["""ALTER TABLE "field"."keyed" REPLICA IDENTITY FULL"""], plan.Changes.Where(c => c.Phase == ChangePhase.ReplicaIdentity).Select(c => c.Statement.Display));
        Assert.Equal("""CREATE PUBLICATION "clickpipes" FOR TABLE "field"."full", "field"."keyed" """.TrimEnd(), plan.Changes.Single(c => c.Kind == "create-publication").Statement.Display);
        foreach (var finding in before.Findings.Where(f => f.Id == RequirementId.ReplicaIdentity && f.Arguments.ContainsKey("statement")))
        {
            Assert.EndsWith("GENERATED ALWAYS AS IDENTITY PRIMARY KEY" + (finding.Case == "is-full-without-key" ? ", REPLICA IDENTITY DEFAULT" : ""), (string)finding.Arguments["statement"]!, StringComparison.Ordinal);
        }

        await ApplyAsync(without, plan);
        await UpdateAsync(sandbox);
        Assert.False((await without.InspectAsync()).Ready);

        // Somebody agreed: it is done, and stays said.
        var asked = await with.InspectAsync();
        Assert.Contains(("chosen-full-grows", FindingState.Blocking), Identity(asked));
        await ApplyAsync(with, with.Runner.Plan(asked));
        await UpdateAsync(sandbox);
        var after = await with.InspectAsync();
        Assert.True(after.Ready, EngineHarness.DescribeProblems(after));
        Assert.Equal([("only-grows", FindingState.Advice)], Identity(after));
        Assert.Equal(["field.\"Log '1'\"", "field.full"], after.Findings.Single(f => f is { Id.Code: "SW405", Case: "only-grows" }).Subjects.Select(s => s.Name));
        Assert.True(with.Runner.Plan(after).IsEmpty);

        // The list of columns and the files for the pipe say it, too; of a key that is only deferrable they need not.
        await using var source = await SourceConnector.OpenAsync(with.Target, "test", CancellationToken.None);
        var columns = await ColumnReader.ReadAsync(source, [.. after.Tables.Chosen.Select(t => t.Ref)], CancellationToken.None);
        var mapped = TableMapping.Of(after, columns).ToDictionary(m => m.Table);
        Assert.Equal([SortingKeyOrigin.WholeRow, SortingKeyOrigin.WholeRow, SortingKeyOrigin.PrimaryKey], new[] { s_log, s_full, new("field", "keyed") }.Select(t => mapped[t].KeyOrigin));
        Assert.Contains("an UPDATE leaves the old row", MappingText.Key(mapped[s_full], CultureInfo.InvariantCulture), StringComparison.Ordinal);
        Assert.Contains("an UPDATE leaves the old row", TerraformExporter.Write(new ExportInput(after, with.Runner.Plan(after)), CultureInfo.InvariantCulture), StringComparison.Ordinal);

        // What the finding says to do instead helps.
        await AdminAsync(sandbox, (string)before.Findings.Single(f => f is { Id.Code: "SW405", Case: "is-full-without-key" }).Arguments["statement"]!);
        Assert.Equal(["field.\"Log '1'\""], (await without.InspectAsync()).Findings.Single(f => f is { Id.Code: "SW405", Case: "is-full-without-key" }).Subjects.Select(s => s.Name));
    }

    private static SetupGoal Goal(bool grows) => new()
    {
        Schemas = ["field"],
        Identities =
        [
            new(s_log, IdentityKind.Full, OnlyGrows: grows), new(new("field", "keyed"), IdentityKind.Full),
            .. grows ? [new IdentityChoice(s_full, IdentityKind.Full, OnlyGrows: true)] : Array.Empty<IdentityChoice>(),
        ],
    };

    private static List<(string Case, FindingState State)> Identity(Inspection inspection) =>
        [.. inspection.Findings.Where(f => f.Id == RequirementId.ReplicaIdentity).Select(f => (f.Case, f.State))];

    private static Task UpdateAsync(PostgresSandbox sandbox) => AdminAsync(
        sandbox,
        """
        UPDATE field."Log '1'" SET what = what || 'y'; UPDATE field.full SET b = b || 'y'; INSERT INTO field.keyed VALUES (1, 'a'); UPDATE field.keyed SET v = 'b'; DELETE FROM field.keyed
        """);

    private static async Task ApplyAsync(EngineHarness engine, SetupPlan plan)
    {
        var events = await engine.ApplyAsync(plan);
        Assert.True(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, EngineHarness.DescribeFailure(events));
    }

    private static async Task AdminAsync(PostgresSandbox sandbox, string sql)
    {
        await using var admin = new NpgsqlConnection(sandbox.AdminConnectionString);
        await admin.OpenAsync();
        await admin.ExecuteAsync(sql);
    }
}
