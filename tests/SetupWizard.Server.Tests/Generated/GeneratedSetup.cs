using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Generated;

/// <summary>
/// Sets a generated source up as its administrator and holds the engine to what it promises: whatever it did, the application writes as before and the
/// administrator gets in; after a green proof the user reads every row of every leaf and every change is published; apply and undo leave the catalog as it was.
/// </summary>
public sealed class GeneratedSetup : IAsyncDisposable
{
    private const string Password = "a-long-enough-pa55word";

    private readonly GeneratedServer _server;
    private readonly GeneratedSource _source;
    private readonly string _directory = Directory.CreateTempSubdirectory("setupwizard-generated-").FullName;
    private readonly SetupRunner _runner;
    private readonly SetupTarget _target;
    private readonly List<string> _wrong = [];
    private NpgsqlConnection _superuser = null!;

    private GeneratedSetup(GeneratedServer server, GeneratedSource source)
    {
        _server = server;
        _source = source;
        _runner = new SetupRunner(new JsonLinesAuditLog(_directory, TimeProvider.System), TimeProvider.System, NullLogger<SetupRunner>.Instance);
        var usual = EngineHarness.TargetOf(server.Sandbox);
        _target = new SetupTarget(
            usual.Endpoint with { Database = source.Database },
            new SourceCredentials(source.Admin, SecretString.From(Password), SecretString.From(EngineHarness.ClickPipesPassword)));
    }

    /// <summary>What does not hold for the source of this seed; empty when all does.</summary>
    public static async Task<IReadOnlyList<string>> TryAsync(GeneratedServer server, int seed)
    {
        await using var setup = new GeneratedSetup(server, new GeneratedSource(seed, server.Major));
        await setup.RunAsync();
        return setup._wrong;
    }

    private static string Quote(string name) => PgIdentifier.Quote(name);

    private async Task RunAsync()
    {
        await CreateAsync();

        // What the service makes of the roles that were just created is none of ours.
        await _server.Sandbox.RefreshAsync(CancellationToken.None);
        var catalog = await SourceState.CatalogAsync(_superuser, _source.Suffix);
        var writes = await SourceState.WritesAsync(_superuser, _source);

        var before = await InspectAsync(_source.Goal);
        var plan = _runner.Plan(before);
        var finished = await ApplyAsync(plan, "apply");
        await HarmlessAsync("apply", writes);
        var goal = _source.Goal with { ResetPassword = false };
        var handedOver = plan.HandOff.Count > 0 && _source.HandOffIsRun;
        if (handedOver)
        {
            await RunHandOffAsync(goal);
            await HarmlessAsync("the hand-off", writes);
        }

        var after = await InspectAsync(goal);
        var left = _runner.Plan(after);
        if (finished && left.Changes.Count > 0)
        {
            _wrong.Add("left to do after apply: " + string.Join("; ", left.Changes.Select(c => c.Key)));
            _wrong.AddRange(after.Findings.Where(f => left.Changes.Any(c => c.For == f.Id)).Select(f => $"  for {f.Id} {f.Case}: {string.Join(", ", f.Subjects.Select(s => s.Name))}"));
            _wrong.Add("  was planned: " + string.Join("; ", plan.Changes.Concat(plan.HandOff).Select(c => c.Key)));
        }

        if (after.Ready && await ProvedAsync(goal))
        {
            _wrong.AddRange((await SourceState.MissedAsync(_superuser, _source, after.Tables.Chosen.Select(t => t.Ref))).Select(m => "green, and " + m));
        }

        if (!handedOver)
        {
            var undo = await _runner.UndoPlanAsync(_target, goal, UndoRequest.OfGoal, CancellationToken.None);
            await ApplyAsync(undo, "undo");
            await HarmlessAsync("undo", writes);

            // An identity that another publication needs stays, and is said to: without it UPDATE would fail again as it did before.
            var kept = undo.LeftAlone.Where(l => l.Problem.Key == "undo-left-identity").Select(l => LabelOf((string)l.Problem.Arguments["table"]!)).ToList();
            Compare("the catalog after apply and undo", Without(catalog, kept), Without(await SourceState.CatalogAsync(_superuser, _source.Suffix), kept));
        }
    }

    private async Task CreateAsync()
    {
        await using (var cluster = await _server.Sandbox.OpenSuperuserAsync("postgres", CancellationToken.None))
        {
            await cluster.ExecuteAsync($"CREATE ROLE {Quote(_source.Admin)} LOGIN CREATEROLE PASSWORD {PgLiteral.Quote(Password)}; GRANT rds_superuser TO {Quote(_source.Admin)}; CREATE ROLE {Quote(_source.Application)} LOGIN");
            await cluster.ExecuteAsync($"CREATE DATABASE {Quote(_source.Database)} OWNER {Quote(_source.Admin)} TEMPLATE template0");
        }

        _superuser = await _server.Sandbox.OpenSuperuserAsync(_source.Database, CancellationToken.None);
        await _superuser.ExecuteAsync(_source.Sql);
    }

    private async Task<Inspection> InspectAsync(SetupGoal goal)
    {
        await _server.Sandbox.RefreshAsync(CancellationToken.None);
        return await _runner.InspectAsync(_target, goal, CancellationToken.None);
    }

    /// <summary>Applies; an apply may be refused as a whole, and never end half way.</summary>
    private async Task<bool> ApplyAsync(SetupPlan plan, string what)
    {
        await _server.Sandbox.RefreshAsync(CancellationToken.None);
        var events = await _runner.ApplyAsync(_target, plan, CancellationToken.None).ToListAsync(CancellationToken.None);
        var finished = events.OfType<ApplyFinished>().Single();
        if (finished.Outcome is not (ApplyOutcome.Completed or ApplyOutcome.NothingToDo))
        {
            var failed = events.OfType<ChangeFailed>().FirstOrDefault();
            _wrong.Add($"{what} ended with {EngineHarness.DescribeFailure(events)} at {(failed is null ? "-" : plan.Changes[failed.Index].Statement.Display)}");
            _wrong.AddRange(plan.Changes.Select(c => "  planned: " + c.Statement.Display));
            if (finished.Outcome == ApplyOutcome.NotInEffect)
            {
                _wrong.AddRange(finished.NotInEffect.Select(i => "not in effect: " + plan.Changes[i].Statement.Display));
            }

            return false;
        }

        return true;
    }

    /// <summary>Nothing is worse than it was: the application writes, and the administrator gets in as it did.</summary>
    private async Task HarmlessAsync(string what, IReadOnlyList<string> writes)
    {
        if (await _superuser.ScalarAsync<bool>($"SELECT pg_has_role({PgLiteral.Quote(_source.Admin)}, 'rds_iam', 'USAGE')"))
        {
            _wrong.Add($"the administrator logs in with a token only after {what}");
        }


        // What failed before may work now: a source is not broken again for the sake of it.
        var now = (await SourceState.WritesAsync(_superuser, _source)).ToHashSet(StringComparer.Ordinal);
        _wrong.AddRange(writes.Where(w => w.EndsWith(": ok", StringComparison.Ordinal) && !now.Contains(w)).Select(w => $"the application after {what}: was {w}, is {now.FirstOrDefault(n => n.StartsWith(w[..^2], StringComparison.Ordinal))}"));
        try
        {
            await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_server.Sandbox.AdminConnectionString) { Username = _source.Admin, Password = Password, Database = _source.Database }.ConnectionString);
            await connection.OpenAsync();
        }
        catch (NpgsqlException e)
        {
            _wrong.Add($"the administrator after {what}: {e.Message}");
        }
    }

    private async Task RunHandOffAsync(SetupGoal goal)
    {
        // In turns: what waited for somebody else can be done afterwards.
        for (var turn = 0; turn < 3; turn++)
        {
            var plan = _runner.Plan(await InspectAsync(goal));
            foreach (var change in plan.HandOff)
            {
                try
                {
                    await _superuser.ExecuteAsync(change.Statement.Display.Replace(SqlText.PasswordHole, PgLiteral.Quote(EngineHarness.ClickPipesPassword), StringComparison.Ordinal));
                }
                catch (PostgresException e)
                {
                    _wrong.Add($"handed over and refused to a superuser: {change.Statement.Display}: {e.SqlState} {e.MessageText}");
                    return;
                }
            }

            if (plan.Changes.Count > 0)
            {
                await ApplyAsync(plan, "apply after the hand-off");
            }

            if (plan.HandOff.Count == 0)
            {
                return;
            }
        }
    }

    private async Task<bool> ProvedAsync(SetupGoal goal)
    {
        await _server.Sandbox.RefreshAsync(CancellationToken.None);
        var proof = await _runner.VerifyAsync(_target, goal, CancellationToken.None).WithTrafficAsync(_server.Sandbox, _server.Major, _source.Database);
        var last = proof.GroupBy(p => p.Id).Select(g => g.Last()).ToList();
        foreach (var failed in last.Where(p => p.State == ProofState.Failed))
        {
            _wrong.Add($"ready, and the proof fails: {failed.Id} {failed.Problem?.Key} {failed.Problem?.Server?.Text}");
        }

        return last.TrueForAll(p => p.State == ProofState.Passed);
    }

    private static string LabelOf(string table) => "table " + (table.StartsWith("public.", StringComparison.Ordinal) ? table["public.".Length..] : table) + " ";

    /// <summary>The same without the row identities of some tables.</summary>
    private static List<string> Without(IReadOnlyList<string> catalog, List<string> tables) =>
        [.. catalog.Select(l => tables.Exists(t => l.StartsWith(t, StringComparison.Ordinal)) ? Regex.Replace(l, " identity . ", " identity - ")
            : tables.Count > 0 && l.StartsWith("index ", StringComparison.Ordinal) ? Regex.Replace(l, " identity (true|false)$", "") : l)];

    private void Compare(string what, IReadOnlyList<string> before, IReadOnlyList<string> now)
    {
        _wrong.AddRange(before.Except(now).Select(l => $"{what}: was {l}"));
        _wrong.AddRange(now.Except(before).Select(l => $"{what}: is  {l}"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_superuser is not null)
        {
            await _superuser.DisposeAsync();
        }

        await using (var cluster = await _server.Sandbox.OpenSuperuserAsync("postgres", CancellationToken.None))
        {
            await cluster.ExecuteAsync($"DROP DATABASE IF EXISTS {Quote(_source.Database)} WITH (FORCE)");
            var roles = await SourceState.LinesAsync(cluster, $"SELECT quote_ident(rolname) FROM pg_roles WHERE rolname LIKE '%\\_{_source.Suffix}' OR rolname LIKE '% {_source.Suffix}' OR rolname LIKE '%\"{_source.Suffix}' OR rolname LIKE '%\\_{_source.Suffix}\\__'");
            if (roles.Count > 0)
            {
                await cluster.ExecuteAsync($"DROP OWNED BY {string.Join(", ", roles)} CASCADE; DROP ROLE {string.Join(", ", roles)}");
            }
        }

        Directory.Delete(_directory, recursive: true);
    }
}
