using System.Globalization;
using SetupWizard.Core.Export;
using SetupWizard.Server.Tests.Field;
using SetupWizard.Server.Tests.Support;
using SetupWizard.Server.Tests.Watching;

namespace SetupWizard.Server.Tests.Export;

/// <summary>Scripts that take back, run while somebody uses what they take: they stop before the first statement, say what they saw, and run to the end when it is gone.</summary>
[Collection(SandboxFixture.Families)]
public sealed class ScriptsInUseTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const string Answers = "yes\n" + EngineHarness.ClickPipesPassword + "\n" + EngineHarness.ClickPipesPassword + "\nyes\n";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    /// <summary>What may be in the way of an undo.</summary>
    public enum Use
    {
        /// <summary>A pipe reads the stream.</summary>
        Stream,

        /// <summary>Somebody is logged in as the user, and copies perhaps.</summary>
        Session,

        /// <summary>The user owns something.</summary>
        Owned,
    }

    [Theory]
    [InlineData(12, Use.Stream, true)]
    [InlineData(15, Use.Session, true)]
    [InlineData(18, Use.Stream, true)]
    [InlineData(18, Use.Stream, false)]
    [InlineData(18, Use.Session, true)]
    [InlineData(18, Use.Session, false)]
    [InlineData(18, Use.Owned, true)]
    [InlineData(18, Use.Owned, false)]
    public async Task Undo_script_stops_for_whoever_uses_what_it_takes(int major, Use use, bool ofRecord)
    {
        using var source = await servers.MakeAsync(major, "CREATE TABLE public.orders (id int PRIMARY KEY, v text)");
        var before = await source.CatalogAsync();
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);
        string undo;
        if (ofRecord)
        {
            await source.ApplyAsync();
            undo = UndoScriptExporter.Write(await source.InspectAsync(), await source.UndoPlanAsync(), s_english);
        }
        else
        {
            Assert.Equal((0, ""), await PsqlRun.AsAdminAsync(source.Sandbox, SqlScriptExporter.Write(inspection, plan, s_english), Answers, source.Database));
            undo = UndoScriptExporter.WriteFor(inspection, plan, s_english);

            // By then the server has given what comes with membership in its roles.
            Assert.True(source.Plan(await source.InspectAsync()).IsEmpty);
        }

        await using (await UseAsync(source, use))
        {
            var applied = await source.CatalogAsync();
            var (code, error) = await PsqlRun.AsAdminAsync(source.Sandbox, undo, "", source.Database);
            Assert.Equal(3, code);
            Assert.Contains(use switch { Use.Stream => FakeClickPipes.SlotName, Use.Session => source.Goal.User + " has sessions", _ => "theirs" }, error, StringComparison.Ordinal);
            Assert.Contains("nothing was changed", error, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(applied, await source.CatalogAsync());
        }

        // The server shows a session for a moment after it has ended.
        var last = (Code: 3, Error: "");
        for (var i = 0; i < 50 && last.Code != 0; i++)
        {
            last = await PsqlRun.AsAdminAsync(source.Sandbox, undo, "", source.Database);
        }

        Assert.Equal((0, ""), last);
        Assert.Equal(before, await source.CatalogAsync());
    }

    /// <summary>psql -1 puts the whole of a script into one transaction, as far as the script lets it: what it means stays the same.</summary>
    [Theory]
    [InlineData(15)]
    [InlineData(18)]
    public async Task Scripts_run_in_psql_with_a_single_transaction(int major)
    {
        using var source = await servers.MakeAsync(major, "CREATE TABLE public.orders (id int PRIMARY KEY, v text); CREATE TABLE public.log (v text)");
        source.Goal = source.Goal with { Identities = [new(new("public", "log"), Core.Model.IdentityKind.Full, OnlyGrows: true)] };
        var before = await source.CatalogAsync();
        var inspection = await source.InspectAsync();
        var plan = source.Plan(inspection);

        Assert.Equal(0, (await PsqlRun.AsAdminAsync(source.Sandbox, SqlScriptExporter.Write(inspection, plan, s_english), Answers, source.Database, null, "--single-transaction")).Code);
        Assert.True(source.Plan(await source.InspectAsync()).IsEmpty);
        await source.LogInAsync(source.Goal.User, EngineHarness.ClickPipesPassword);
        Assert.Equal(0, (await PsqlRun.AsAdminAsync(source.Sandbox, UndoScriptExporter.WriteFor(inspection, plan, s_english), "", source.Database, null, "--single-transaction")).Code);
        Assert.Equal(before, await source.CatalogAsync());
    }

    private static async Task<IAsyncDisposable> UseAsync(FamilySource source, Use use)
    {
        switch (use)
        {
            case Use.Stream:
                return await FakeClickPipes.ArriveAsync(source.Sandbox, source.Goal.User, source.Goal.Publication, source.Database);
            case Use.Session:
                return await source.OpenAsync(source.Goal.User, EngineHarness.ClickPipesPassword);
            default:
                await source.SuperuserAsync($"CREATE TABLE public.theirs (id int); ALTER TABLE public.theirs OWNER TO {source.Goal.User}");
                return new Gone(() => source.SuperuserAsync("DROP TABLE public.theirs"));
        }
    }

    private sealed class Gone(Func<Task> remove) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await remove();
    }
}
