using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Names;

/// <summary>
/// Sets a source of hostile names up and takes that back, by apply, by script and by a plan file's script: each leaves nothing to do and takes back everything, no name does anything, and
/// nobody's password changes. What does not hold is collected.
/// </summary>
internal sealed class HostileSetup : IAsyncDisposable
{
    private const string Answers = "yes\n" + EngineHarness.ClickPipesPassword + "\n" + EngineHarness.ClickPipesPassword + "\nyes\n";
    private static readonly CultureInfo s_english = CultureInfo.GetCultureInfo("en");

    private readonly HostileSource _source;
    private readonly string _directory = Directory.CreateTempSubdirectory("setupwizard-names-").FullName;
    private readonly SetupRunner _runner;
    private readonly List<string> _wrong = [];

    private HostileSetup(HostileSource source)
    {
        _source = source;
        _runner = new SetupRunner(new JsonLinesAuditLog(_directory, TimeProvider.System), TimeProvider.System, NullLogger<SetupRunner>.Instance);
    }

    /// <summary>What does not hold for the source of this seed; empty when all does.</summary>
    public static async Task<IReadOnlyList<string>> TryAsync(PostgresSandbox sandbox, int seed)
    {
        await using var source = await HostileSource.MakeAsync(sandbox, seed);
        await using var setup = new HostileSetup(source);
        await setup.RunAsync();
        return setup._wrong;
    }

    private async Task RunAsync()
    {
        var catalog = await _source.CatalogAsync();
        var passwords = await _source.PasswordsAsync();
        var inspection = await InspectAsync(_source.Goal);
        var plan = _runner.Plan(inspection);
        Check(plan is { IsEmpty: false, HandOff: [], Waiting: [] }, "not all of it is this login's: " + string.Join("; ", plan.HandOff.Concat(plan.Afterwards).Select(static c => c.Statement.Display)));

        await FinishAsync(plan, "apply");
        await NothingLeftAsync("apply");
        await ProveAsync();
        await FinishAsync(await _runner.UndoPlanAsync(_source.Target, _source.Goal, UndoRequest.OfGoal, CancellationToken.None), "undo");
        await AsBeforeAsync("apply and undo", catalog);

        var undo = UndoScriptExporter.WriteFor(inspection, plan, s_english);
        await ScriptsAsync("script", SqlScriptExporter.Write(inspection, plan, s_english), undo, catalog);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var file = PlanFileFormat.Read(Encoding.UTF8.GetBytes(PlanFileFormat.Write(PlanFile.Of(inspection, plan, DateTimeOffset.UnixEpoch, s_english), key)));
        Check(file.Problem is null, "the plan file is refused: " + file.Problem?.Key);
        if (file.File is not null)
        {
            await ScriptsAsync("plan file", SqlScriptExporter.Write(file.File, file.Signer!, passwordAsText: false, s_english), undo, catalog);
        }

        Check(passwords.SequenceEqual(await _source.PasswordsAsync()), "somebody's password changed");
        Check(_source.Sprung.Count == 0, "a name did something: " + string.Join(", ", _source.Sprung));
    }

    /// <summary>A script and its undo, each run twice.</summary>
    private async Task ScriptsAsync(string what, string script, string undo, IReadOnlyList<CatalogLine> catalog)
    {
        await PsqlAsync(what, script, Answers);
        await NothingLeftAsync(what);

        // Before 16, nobody but a superuser gives a new password to a user that replicates, which the stand-in for rds_replication makes of it.
        if (!_source.Goal.ResetPassword || _source.Sandbox.Major >= 16)
        {
            await PsqlAsync(what + " again", script, _source.Goal.ResetPassword ? Answers : "");
            await NothingLeftAsync(what + " again");
        }

        await PsqlAsync(what + "'s undo", undo, "");
        await AsBeforeAsync(what + " and its undo", catalog);
        await PsqlAsync(what + "'s undo again", undo, "");
        await AsBeforeAsync(what + " and its undo again", catalog);
    }

    private async Task PsqlAsync(string what, string script, string input)
    {
        var (code, error) = await _source.PsqlAsync(script, input);
        if ((code, error) != (0, ""))
        {
            _wrong.Add($"{what}: psql ended with {code}: {error}\n{script}");
        }
    }

    private async Task<Inspection> InspectAsync(SetupGoal goal)
    {
        await _source.Sandbox.RefreshAsync(CancellationToken.None);
        return await _runner.InspectAsync(_source.Target, goal, CancellationToken.None);
    }

    private async Task FinishAsync(SetupPlan plan, string what)
    {
        var events = await _runner.ApplyAsync(_source.Target, plan, CancellationToken.None).ToListAsync();
        if (events.OfType<ApplyFinished>().Single().Outcome != ApplyOutcome.Completed)
        {
            _wrong.Add($"{what}: {EngineHarness.DescribeFailure(events)}");
            _wrong.AddRange(plan.Changes.Select(static c => "  planned: " + c.Statement.Display));
        }
    }

    private async Task NothingLeftAsync(string what)
    {
        var after = await InspectAsync(_source.Goal with { ResetPassword = false });
        var left = _runner.Plan(after);
        Check(left.IsEmpty && after.Ready, $"{what} leaves: {string.Join("; ", left.Changes.Select(static c => c.Statement.Display))} {EngineHarness.DescribeProblems(after)}");
    }

    private async Task ProveAsync()
    {
        var proof = await _runner.VerifyAsync(_source.Target, _source.Goal with { ResetPassword = false }, CancellationToken.None).WithTrafficAsync(_source.Sandbox, _source.Sandbox.Major, _source.Database);
        _wrong.AddRange(proof.Where(static p => p.State == ProofState.Failed).Select(static p => $"the proof: {p.Id} {p.Problem?.Key} {p.Problem?.Server?.Text}"));
        Check(proof.Exists(static p => p.Id == RequirementId.ProofChange && p.State == ProofState.Passed), "no change arrived");
    }

    private async Task AsBeforeAsync(string what, IReadOnlyList<CatalogLine> before)
    {
        if (CatalogLines.Difference(before, await _source.CatalogAsync()) is { Length: > 0 } difference)
        {
            _wrong.Add($"the catalog after {what}:\n{difference}");
        }
    }

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            _wrong.Add(otherwise);
        }
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_directory, recursive: true);
        return ValueTask.CompletedTask;
    }
}
