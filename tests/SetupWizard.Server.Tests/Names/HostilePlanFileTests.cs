using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Wording;
using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Generated;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Names;

/// <summary>
/// A plan file made with bad intent and signed with a key that somebody agreed to. It is refused in words when it is read, or its script does what its statements say and nothing else: no name
/// and no sentence of it does anything, nobody else's password changes, and nobody else is given anything.
/// </summary>
[Collection(SandboxFixture.Families)]
public sealed class HostilePlanFileTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const int SomeSeeds = 4;
    private const int ManySeeds = 60;
    private const string Answers = "yes\n" + EngineHarness.ClickPipesPassword + "\n" + EngineHarness.ClickPipesPassword + "\nyes\n";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    public static TheoryData<int> Some => [.. Enumerable.Range(0, SomeSeeds)];

    public static TheoryData<int> Many => [.. Enumerable.Range(SomeSeeds, ManySeeds)];

    [Theory]
    [MemberData(nameof(Some))]
    public Task Plan_file_with_bad_intent_does_nothing_but_its_statements(int seed) => HoldsAsync(seed);

    [Theory]
    [Trait("Speed", "Long")]
    [MemberData(nameof(Many))]
    public Task Plan_file_with_bad_intent_does_nothing_but_its_statements_whatever_is_in_it(int seed) => HoldsAsync(seed);

    private async Task HoldsAsync(int seed)
    {
        var major = seed % 2 == 0 ? 18 : 15;
        using var source = await servers.MakeAsync(
            major,
            "CREATE TABLE public.orders (id int PRIMARY KEY); CREATE TABLE public.log (v text); CREATE SCHEMA sales; CREATE TABLE sales.lines (id int PRIMARY KEY)");
        source.Goal = source.Goal with { Schemas = ["public", "sales"], Identities = [new(new("public", "log"), IdentityKind.Full, OnlyGrows: true)] };
        var inspection = await source.InspectAsync();
        var honest = PlanFile.Of(inspection, source.Plan(inspection), DateTimeOffset.UnixEpoch, s_english);
        var directory = Directory.CreateTempSubdirectory("t").FullName;
        try
        {
            var dice = new Dice(seed + 500_000);
            var names = new HostileNames(dice, Path.Combine(directory, "x"));
            var wrong = new List<string>();
            var ran = 0;
            foreach (var (attack, file) in Attacks(honest, dice, names))
            {
                ran += await TryAsync(source, attack, file, wrong) ? 1 : 0;
                if (Directory.GetFileSystemEntries(directory) is { Length: > 0 } sprung)
                {
                    wrong.Add($"{attack} did something: {string.Join(", ", sprung)}");
                    sprung.ToList().ForEach(File.Delete);
                }
            }

            Assert.True(wrong.Count == 0, string.Join("\n", wrong));
            Assert.True(ran >= 2, "nothing was run");
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    /// <summary>Files whose names, sentences, statements or shape are not what they should be.</summary>
    private static IEnumerable<(string Attack, PlanFile File)> Attacks(PlanFile honest, Dice dice, HostileNames names)
    {
        yield return ("a name that can be given", Renamed(honest, names.NextGiven(), names.NextGiven()));
        yield return ("a user of the catalog's names", Renamed(honest, names.Next(), honest.Goal.Publication));
        yield return ("a publication of the catalog's names", Renamed(honest, honest.Goal.User, names.Next()));
        foreach (var everybody in new[] { "public", "none", "pg_monitor", "pg_read_all_data", "shop_admin\n" })
        {
            var renamed = Renamed(honest, everybody, honest.Goal.Publication);
            yield return ("the user " + everybody, renamed);
            yield return ($"the user {everybody}, who is not made", renamed with { Statements = [.. renamed.Statements.Where(static s => s.Phase == ChangePhase.Grants)] });
        }

        yield return ("sentences", honest with
        {
            Server = honest.Server with { Host = names.Next(), Version = names.Next() },
            MadeWith = names.Next() + names.Next(),
            Fingerprint = names.Next(),
            Guides = [new PlanGuide(names.Next(), names.Next(), [names.Next(), names.Next()])],
            Statements = [.. honest.Statements.Select(s => s with { Why = names.Next() + names.Next(), Code = names.Next(), Kind = names.Next(), Undo = names.Next() })],
        });
        yield return ("other roles", honest with { Statements = [.. honest.Statements, .. honest.Statements.Select(s => s with { RunBy = names.Next(), Why = names.Next() })] });
        yield return ("another database", honest with { Server = honest.Server with { Database = names.Next() } });
        yield return ("another role", honest with { RunAs = names.Next() });
        yield return ("NUL in the database", honest with { Server = honest.Server with { Database = "a\0b" } });
        yield return ("NUL in the role", honest with { RunAs = "a\0b" });
        yield return ("NUL in a sentence", honest with { Statements = [.. honest.Statements.Select(static s => s with { Why = "a\0b" })] });
        yield return ("a database of bytes", honest with { Server = honest.Server with { Database = "a\U0010FFFE" } });
        yield return ("no statement", honest with { Statements = [null!] });
        yield return ("no guide", honest with { Guides = [null!] });
        yield return ("no step", honest with { Guides = [new PlanGuide("SW201", "x", [null!])] });
        yield return ("no schema", honest with { Goal = honest.Goal with { Schemas = [null!] } });
        yield return ("no identity", honest with { Goal = honest.Goal with { Identities = [null!] } });
        foreach (var _ in Enumerable.Range(0, 3))
        {
            var at = dice.Next(honest.Statements.Count);
            var (tail, condition) = (names.Next(), names.Next());
            yield return ("a statement with " + tail, honest with { Statements = [.. honest.Statements.Select((s, i) => i == at ? s with { Sql = s.Sql + tail } : s)] });
            yield return ("a condition with " + condition, honest with { Statements = [.. honest.Statements.Select((s, i) => i == at ? s with { NeededWhen = (s.NeededWhen ?? "EXISTS (SELECT FROM pg_catalog.pg_roles)") + condition } : s)] });
        }
    }

    private static PlanFile Renamed(PlanFile file, string user, string publication)
    {
        return file with
        {
            Goal = file.Goal with { User = user, Publication = publication },
            Statements = [.. file.Statements.Select(s => s with { Sql = New(s.Sql), NeededWhen = s.NeededWhen is null ? null : New(s.NeededWhen) })],
        };

        string New(string sql) => sql
            .Replace(PgIdentifier.Quote(file.Goal.User), PgIdentifier.Quote(user), StringComparison.Ordinal)
            .Replace(PgLiteral.Quote(file.Goal.User), PgLiteral.Quote(user), StringComparison.Ordinal)
            .Replace(PgIdentifier.Quote(file.Goal.Publication), PgIdentifier.Quote(publication), StringComparison.Ordinal)
            .Replace(PgLiteral.Quote(file.Goal.Publication), PgLiteral.Quote(publication), StringComparison.Ordinal);
    }

    /// <summary>Reads it, and runs it when it is not refused; whether it was run to its end.</summary>
    private static async Task<bool> TryAsync(FamilySource source, string attack, PlanFile file, List<string> wrong)
    {
        PlanFileReading reading;
        string script;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            reading = PlanFileFormat.Read(Encoding.UTF8.GetBytes(PlanFileFormat.Write(file, key)));
            script = reading.File is null ? "" : SqlScriptExporter.Write(reading.File, reading.Signer!, passwordAsText: false, s_english);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            wrong.Add($"{attack} is not refused in words: {e.GetType().Name} {e.Message}");
            return false;
        }

        if (reading.Problem is { } problem)
        {
            var text = FindingText.For(problem, s_english);
            if (text.Title.Length == 0 || text.Fix.Length == 0)
            {
                wrong.Add($"{attack} is refused without words: {problem.Key}");
            }

            return false;
        }

        await using var superuser = await source.Sandbox.OpenSuperuserAsync(source.Database, CancellationToken.None);
        var user = file.Goal.User;
        var passwords = $"SELECT rolname || ' ' || coalesce(rolpassword, '-') FROM pg_authid WHERE rolname <> {PgLiteral.Quote(user)} ORDER BY 1";
        var (catalog, before) = (await CatalogLines.ReadAsync(superuser), await SourceState.LinesAsync(superuser, passwords));
        var (code, error) = await PsqlRun.AsAdminAsync(source.Sandbox, script, Answers, source.Database);
        if (code is not (0 or 3) || (code == 0 && error.Length > 0))
        {
            wrong.Add($"{attack}: psql ended with {code}: {error}");
        }

        if (!before.SequenceEqual(await SourceState.LinesAsync(superuser, passwords)))
        {
            wrong.Add($"{attack}: somebody's password changed");
        }

        // What is new is the user's and the publication's, and from 16 on its maker's membership in the user.
        var others = CatalogLines.Difference(Others(catalog), Others(await CatalogLines.ReadAsync(superuser)));
        if (others.Length > 0)
        {
            wrong.Add($"{attack}:\n{others}");
        }

        // The service makes something of a membership a moment later; what it changes nobody can drop at the same time.
        await source.Sandbox.RefreshAsync(CancellationToken.None);
        await superuser.ExecuteAsync(
            $"""
            DO $x$ DECLARE p text; BEGIN FOR p IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', p); END LOOP; END $x$;
            ALTER TABLE public.log REPLICA IDENTITY DEFAULT
            """);
        if (await superuser.ScalarAsync<bool>($"SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = {PgLiteral.Quote(user)} AND rolname !~ '^pg_')"))
        {
            await superuser.ExecuteAsync($"DROP OWNED BY {PgIdentifier.Quote(user)}; DROP ROLE {PgIdentifier.Quote(user)}");
        }

        return code == 0;

        IEnumerable<CatalogLine> Others(IEnumerable<CatalogLine> lines) =>
            lines.Where(l => l.Kind is not ("identity" or "publication" or "listed") && l.Who != user && !(l.Kind == "member" && l.What.StartsWith(user + " by ", StringComparison.Ordinal)));
    }
}
