using System.Globalization;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Together;

/// <summary>How the set-ups of a database are made and taken back.</summary>
public enum Ways
{
    /// <summary>All by apply and undo of one installation, whose record knows of all.</summary>
    Applied,

    /// <summary>All by scripts, each taken back by the one written beside it.</summary>
    Scripted,

    /// <summary>By apply and by script in turn; what was applied is taken back by a script of the record.</summary>
    Mixed,

    /// <summary>By apply of two installations in turn, whose records know nothing of each other.</summary>
    TwoMachines,

    /// <summary>By two installations and by scripts.</summary>
    MixedOnTwoMachines,
}

/// <summary>
/// Three set-ups of one database with tables in common, made and taken back in some order by some ways. Each undo takes its own and leaves the others' as they are; whatever is refused
/// changes nothing and comes again later. What is wrong is collected, so that one run tells all.
/// </summary>
internal sealed class SetUpsOfManyMakers : IAsyncDisposable
{
    private const string Tables =
        """
        CREATE TABLE public.orders (id int PRIMARY KEY, v text); CREATE TABLE public.log (v text); CREATE TABLE public.customers (id int PRIMARY KEY); CREATE TABLE public.seen (id int NOT NULL, v text);
        CREATE UNIQUE INDEX seen_id ON public.seen (id);
        CREATE SCHEMA sales; CREATE TABLE sales.invoices (id int PRIMARY KEY); CREATE TABLE sales.lines (id int PRIMARY KEY)
        """;

    private const string Answers = "yes\n" + EngineHarness.ClickPipesPassword + "\n" + EngineHarness.ClickPipesPassword + "\nyes\n";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    private readonly FamilySource _source;
    private readonly Ways _ways;
    private readonly EngineHarness[] _machines;
    private readonly Dictionary<char, SetupGoal> _goals;
    private readonly Dictionary<char, (EngineHarness Machine, string? Undo)> _made = [];
    private readonly List<string> _wrong = [];

    private SetUpsOfManyMakers(FamilySource source, Ways ways, bool shared)
    {
        _source = source;
        _ways = ways;
        _machines = [.. Enumerable.Range(0, ways is Ways.TwoMachines or Ways.MixedOnTwoMachines ? 2 : 1).Select(_ => new EngineHarness(source.Sandbox))];
        var user = source.Goal.User;
        IdentityChoice log = new(new("public", "log"), IdentityKind.Full, OnlyGrows: true);
        _goals = new()
        {
            ['a'] = new() { User = user, Publication = "pa", Tables = [new("public", "orders"), new("public", "log"), new("sales", "lines")], Identities = [log] },
            ['b'] = new() { User = user + "_b", Publication = "pb", Schemas = ["sales"], Tables = [new("public", "log"), new("public", "seen")], Identities = [log, new(new("public", "seen"), IdentityKind.Index, "seen_id")] },
            ['c'] = new() { User = shared ? user : user + "_c", Publication = "pc", Tables = [new("public", "customers"), new("public", "orders"), new("public", "seen"), new("sales", "lines")], Identities = [new(new("public", "seen"), IdentityKind.Index, "seen_id")] },
        };
    }

    private string Owner => "own_" + _source.Database["family_".Length..];

    /// <summary>What does not hold; empty when all does.</summary>
    public static async Task<IReadOnlyList<string>> TryAsync(FamilyServers servers, int major, string made, string undone, Ways ways, bool shared)
    {
        using var source = await servers.MakeAsync(major, Tables);
        await using var setUps = new SetUpsOfManyMakers(source, ways, shared);

        // One table belongs to somebody whom this login has to join first; from 16 on that takes ADMIN OPTION, before CREATEROLE is enough.
        await source.SuperuserAsync("CREATE ROLE own_{n}; ALTER TABLE sales.lines OWNER TO own_{n}; GRANT USAGE, CREATE ON SCHEMA sales TO own_{n}" + (major >= 16 ? "; GRANT own_{n} TO shop_admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE" : ""));
        await setUps.RunAsync(made, undone);
        return setUps._wrong;
    }

    private async Task RunAsync(string made, string undone)
    {
        var beginning = await CatalogAsync();
        foreach (var (turn, name) in made.Index())
        {
            await MakeAsync(turn, name);
        }

        var queue = new Queue<char>(undone);
        for (var refused = 0; queue.TryDequeue(out var name);)
        {
            var before = await CatalogAsync();
            var why = await UndoAsync(name);
            var now = await CatalogAsync();
            if (why is not null)
            {
                if (CatalogLines.Difference(before, now) is { Length: > 0 } half)
                {
                    _wrong.Add($"the undo of {name} was refused ({why}) and changed something:\n{half}");
                }

                if (++refused > undone.Length)
                {
                    _wrong.Add($"the undo of {name} is refused for good: {why}");
                    return;
                }

                queue.Enqueue(name);
                continue;
            }

            Gone(name, queue, now);
            foreach (var other in queue)
            {
                if (CatalogLines.Difference(Of(other, before), Of(other, now)) is { Length: > 0 } hurt)
                {
                    _wrong.Add($"the undo of {name} changed {other}:\n{hurt}");
                }

                var inspection = await _made[other].Machine.Runner.InspectAsync(_source.Target, _goals[other], CancellationToken.None);
                if (!inspection.Ready || !_source.Plan(inspection).IsEmpty)
                {
                    _wrong.Add($"{other} after the undo of {name}: {EngineHarness.DescribeProblems(inspection)}");
                }
            }
        }

        // What one installation kept for a set-up that it knows nothing of, it takes back when it is asked again.
        foreach (var name in _ways == Ways.Applied ? "" : undone)
        {
            Check(await UndoAsync(name) is null, $"a second undo of {name} is refused");
        }

        if (CatalogLines.Difference(beginning, await CatalogAsync()) is { Length: > 0 } left)
        {
            _wrong.Add("at the end:\n" + left);
        }
    }

    private async Task MakeAsync(int turn, char name)
    {
        var machine = _machines[turn % _machines.Length];
        var scripted = _ways == Ways.Scripted || (_ways is Ways.Mixed && turn % 2 == 1) || (_ways is Ways.MixedOnTwoMachines && turn == 2);
        var inspection = await machine.Runner.InspectAsync(_source.Target, _goals[name], CancellationToken.None);
        var plan = machine.Runner.Plan(inspection);
        if (scripted)
        {
            _made[name] = (machine, UndoScriptExporter.WriteFor(inspection, plan, s_english));
            var (code, error) = await PsqlRun.AsAdminAsync(_source.Sandbox, SqlScriptExporter.Write(inspection, plan, s_english), Answers, _source.Database);
            Check((code, error) == (0, ""), $"the script of {name}: {code} {error}");
        }
        else
        {
            _made[name] = (machine, null);
            var events = await machine.Runner.ApplyAsync(_source.Target, plan, CancellationToken.None).ToListAsync();
            Check(events.OfType<ApplyFinished>().Single().Outcome == ApplyOutcome.Completed, $"the apply of {name}: {EngineHarness.DescribeFailure(events)}");
        }
    }

    /// <summary>Takes one back; why that was refused, null when it was not.</summary>
    private async Task<string?> UndoAsync(char name)
    {
        var (machine, script) = _made[name];
        if (script is null)
        {
            var plan = await machine.Runner.UndoPlanAsync(_source.Target, _goals[name], UndoRequest.OfGoal, CancellationToken.None);
            if (_ways is not (Ways.Mixed or Ways.MixedOnTwoMachines))
            {
                var events = await machine.Runner.ApplyAsync(_source.Target, plan, CancellationToken.None).ToListAsync();
                var finished = events.OfType<ApplyFinished>().Single();
                return finished.Outcome is ApplyOutcome.Completed or ApplyOutcome.NothingToDo ? null : EngineHarness.DescribeFailure(events);
            }

            script = UndoScriptExporter.Write(await machine.Runner.InspectAsync(_source.Target, _goals[name], CancellationToken.None), plan, s_english);
        }

        var (code, error) = await PsqlRun.AsAdminAsync(_source.Sandbox, script, "", _source.Database);
        return (code, error) == (0, "") ? null : $"{code} {error}";
    }

    /// <summary>Nothing of a set-up is left but what another one has, too.</summary>
    private void Gone(char name, IEnumerable<char> others, IReadOnlyList<CatalogLine> now)
    {
        var (user, publication) = (_goals[name].User, _goals[name].Publication);
        var left = now.Where(l => (l.Who == publication && l.Kind is "publication" or "listed") || (l.Who == user && !others.Any(o => _goals[o].User == user))).ToList();
        Check(!left.Exists(l => l.Kind is not ("identity" or "owner" or "row security" or "policy")), $"of {name} after its undo:\n{string.Join("\n", left)}");
    }

    /// <summary>What a set-up has: its user, its publication, the identities of what that lists, and the membership it was made by.</summary>
    private List<CatalogLine> Of(char name, IReadOnlyList<CatalogLine> all)
    {
        var goal = _goals[name];
        var listed = all.Where(l => l.Kind == "listed" && l.Who == goal.Publication).Select(static l => l.What).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. all.Where(l => l.Kind switch
            {
                "publication" or "listed" => l.Who == goal.Publication,
                "identity" => listed.Contains(l.Who),
                "member" => l.Who == goal.User || (l.Who == _source.Sandbox.AdminUser && l.What.StartsWith(Owner + " by " + l.Who, StringComparison.Ordinal)),
                "on table" => l.Who == goal.User && listed.Any(t => l.What.StartsWith(t + " ", StringComparison.Ordinal)),
                _ => l.Who == goal.User,
            }),
        ];
    }

    private async Task<IReadOnlyList<CatalogLine>> CatalogAsync()
    {
        await _source.Sandbox.RefreshAsync(CancellationToken.None);
        await using var superuser = await _source.Sandbox.OpenSuperuserAsync(_source.Database, CancellationToken.None);
        return await CatalogLines.ReadAsync(superuser);
    }

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            _wrong.Add(otherwise);
        }
    }

    /// <summary>The next case on this server is to find it as this one did.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var machine in _machines)
        {
            machine.Dispose();
        }

        await _source.SuperuserAsync(
            $$"""
            DO $$ DECLARE p text; BEGIN FOR p IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', p); END LOOP; END $$;
            DROP SCHEMA sales CASCADE; DROP OWNED BY own_{n} CASCADE; DROP ROLE own_{n};
            DO $$ DECLARE r text; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname ~ '^{{_source.Goal.User}}(_.)?$' LOOP EXECUTE format('DROP OWNED BY %I CASCADE', r); EXECUTE format('DROP ROLE %I', r); END LOOP; END $$
            """);
    }
}
