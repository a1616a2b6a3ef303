using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Forms;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Saved;
using SetupWizard.Sessions.Steps;

namespace SetupWizard.Components.Gallery;

/// <summary>Everything the gallery shows that has to be made: sessions on made-up sources, plans, runs. One for each time the page is opened.</summary>
public sealed class GallerySamples : IAsyncDisposable
{
    private readonly List<WizardSession> _sessions = [];

    private GallerySamples()
    {
    }

    /// <summary>Connected to a source where nothing is set up.</summary>
    public WizardSession Untouched { get; private set; } = default!;

    /// <summary>The same with a record of changes that cannot be written.</summary>
    public WizardSession Unrecorded { get; private set; } = default!;

    /// <summary>A server of one's own where nothing is set up.</summary>
    public WizardSession Own { get; private set; } = default!;

    /// <summary>Everything is as it should be, and was never finished.</summary>
    public WizardSession Ready { get; private set; } = default!;

    /// <summary>Finished, and unchanged since.</summary>
    public WizardSession Finished { get; private set; } = default!;

    /// <summary>Finished, and changed since.</summary>
    public WizardSession Drifted { get; private set; } = default!;

    /// <summary>The server does not answer any more.</summary>
    public WizardSession Lost { get; private set; } = default!;

    /// <summary>Nothing was done yet.</summary>
    public WizardSession Fresh { get; private set; } = default!;

    /// <summary>Through a bastion.</summary>
    public WizardSession Bastion { get; private set; } = default!;

    /// <summary>By a private way, from the region of the database.</summary>
    public WizardSession Private { get; private set; } = default!;

    /// <summary>By a private way, from another region.</summary>
    public WizardSession PrivateElsewhere { get; private set; } = default!;

    /// <summary>By a private way that the provider does not have.</summary>
    public WizardSession PrivateNowhere { get; private set; } = default!;

    /// <summary>No region was chosen.</summary>
    public WizardSession NoRegion { get; private set; } = default!;

    /// <summary>Columns are being read.</summary>
    public WizardSession ReadingColumns { get; private set; } = default!;

    /// <summary>Columns cannot be read.</summary>
    public WizardSession NoColumns { get; private set; } = default!;

    /// <summary>Credentials were forgotten: nobody used them.</summary>
    public WizardSession Expired { get; private set; } = default!;

    /// <summary>Credentials were forgotten: the user ended the session.</summary>
    public WizardSession Ended { get; private set; } = default!;

    /// <summary>A draft was taken up.</summary>
    public WizardSession Resumed { get; private set; } = default!;

    /// <summary>A finished set-up was taken up.</summary>
    public WizardSession Reopened { get; private set; } = default!;

    /// <summary>Changes in a console, by how far they are.</summary>
    public IReadOnlyList<(string State, WizardSession Session)> Stories { get; private set; } = [];

    /// <summary>What has to be done on the untouched source.</summary>
    public SetupPlan Plan { get; private set; } = default!;

    /// <summary>What takes it back.</summary>
    public SetupPlan Undo { get; private set; } = default!;

    /// <summary>Runs, by how they stand.</summary>
    public IReadOnlyList<(string State, SetupRun Run)> Runs { get; private set; } = [];

    /// <summary>A sandbox that is being started.</summary>
    public SandboxState Sandbox { get; } = new(AmazonRds.Id, SampleSource.Noon);

    /// <summary>Makes all of it.</summary>
    public static async Task<GallerySamples> MakeAsync()
    {
        var samples = new GallerySamples();
        await samples.ConnectAllAsync();
        await samples.TakeUpAsync();
        samples.Untouched.SetClickPipesPassword(new SecretString("not a password either"), generated: true);
        samples.Plan = samples.Untouched.WholePlan!;
        samples.Undo = SampleRuns.Undo(samples.Plan);
        samples.Runs = SampleRuns.Of(samples.Plan, samples.Own.WholePlan!, samples.Undo, samples.Untouched.Inspection!, samples.Ready.Inspection!);
        foreach (var message in new[] { "finding-binaries", "creating-cluster", "starting" })
        {
            samples.Sandbox.Say(message);
        }

        samples.Stories =
        [
            ("edited", samples.Story(TimelineStage.Edited)),
            ("waiting for the restart", samples.Story(TimelineStage.Edited, TimelineStage.Saved, TimelineStage.Waiting)),
            ("over", samples.Story(TimelineStage.Edited, TimelineStage.Saved, TimelineStage.Waiting, TimelineStage.Gone, TimelineStage.Back, TimelineStage.Green)),
            ("took effect at once", samples.Story(TimelineStage.Edited, TimelineStage.Saved, TimelineStage.Green)),
        ];
        return samples;
    }

    /// <summary>A form that a text was pasted into.</summary>
    public static ConnectInput Pasted(string text)
    {
        var input = new ConnectInput();
        input.Fill(text);
        return input;
    }

    /// <summary>Every stage of a connection in a state of its own.</summary>
    public static IReadOnlyList<StageResult> Stages { get; } =
    [
        new(ConnectStage.Tunnel, StageState.Skipped, TimeSpan.Zero),
        new(ConnectStage.Resolve, StageState.Passed, TimeSpan.FromMilliseconds(3), "198.51.100.7"),
        new(ConnectStage.Reach, StageState.Failed, TimeSpan.FromSeconds(10)),
        new(ConnectStage.Tls, StageState.Running, TimeSpan.Zero),
        new(ConnectStage.LogIn, StageState.NotStarted, TimeSpan.Zero),
        new(ConnectStage.Read, StageState.NotStarted, TimeSpan.Zero),
    ];

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // The components on the page go with it: none of them is to see its session emptied.
        await Task.Yield();
        foreach (var (_, run) in Runs)
        {
            run.Stop();
            run.Dispose();
        }

        await Sandbox.DisposeAsync();
        foreach (var session in _sessions)
        {
            await session.DisposeAsync();
        }
    }

    private async Task ConnectAllAsync()
    {
        var goal = SampleSource.Goal;
        var untouched = new SampleRunner { Snapshot = SampleSource.Untouched };
        Untouched = await ConnectAsync(untouched, goal);
        Unrecorded = await ConnectAsync(new SampleRunner { Snapshot = SampleSource.Untouched, Trouble = SampleFindings.NoRecord }, goal);
        Own = await ConnectAsync(new SampleRunner { Snapshot = SampleSource.OwnUntouched }, goal, SampleSource.Own);
        Ready = await ConnectAsync(new SampleRunner(), goal);
        Bastion = await ConnectAsync(new SampleRunner(), goal with { Network = NetworkPath.Ssh });
        Private = await ConnectAsync(new SampleRunner(), goal with { Network = NetworkPath.PrivateLink });
        PrivateElsewhere = await ConnectAsync(new SampleRunner(), goal with { Network = NetworkPath.PrivateLink, Region = "aws:us-west-2" });
        PrivateNowhere = await ConnectAsync(new SampleRunner { Snapshot = SampleSource.OwnUntouched }, goal with { Network = NetworkPath.PrivateLink }, SampleSource.Own);
        NoRegion = await ConnectAsync(new SampleRunner(), goal with { Region = null });
        ReadingColumns = await ConnectAsync(new SampleRunner { ColumnsHold = new TaskCompletionSource() }, goal);
        NoColumns = await ConnectAsync(new SampleRunner { Failure = SampleFindings.NoAnswer }, goal);

        Finished = await ConnectAsync(new SampleRunner(), goal);
        Finished.RenewBaseline();
        var later = new SampleRunner();
        Drifted = await ConnectAsync(later, goal);
        Drifted.RenewBaseline();
        later.Snapshot = SampleSource.Later;
        await Drifted.RecheckAsync();
        var away = new SampleRunner { Failure = SampleFindings.NoAnswer };
        Lost = await ConnectAsync(away, goal);
        away.Snapshot = null;
        await Lost.RecheckAsync();
    }

    private async Task TakeUpAsync()
    {
        Fresh = Keep(new SampleRunner().Session(new SampleClock()));
        Expired = Keep(new SampleRunner().Session(new SampleClock()));
        await Expired.ForgetAsync(SessionNotice.Expired);
        Ended = Keep(new SampleRunner().Session(new SampleClock()));
        await Ended.ForgetAsync(SessionNotice.Ended);
        var draft = new SavedSetup { SavedAt = SampleSource.Noon, Step = WizardStep.Tables, Host = SampleSource.Rds.Host, Database = SampleSource.Rds.Database, User = "shop_admin", Goal = SampleSource.Goal };
        Resumed = Keep(new SampleRunner().Session(new SampleClock()));
        await Resumed.ResumeAsync(draft);
        Reopened = Keep(new SampleRunner().Session(new SampleClock()));
        await Reopened.ResumeAsync(draft with { Step = WizardStep.Finish, Baseline = Finished.Baseline });
    }

    private async Task<WizardSession> ConnectAsync(SampleRunner runner, SetupGoal goal, SourceEndpoint? endpoint = null) =>
        Keep(await runner.ConnectAsync(endpoint ?? SampleSource.Rds, goal, new SampleClock()));

    private WizardSession Story(params TimelineStage[] stages)
    {
        var clock = new SampleClock();
        var session = Keep(new SampleRunner().Session(clock));
        foreach (var stage in stages)
        {
            session.Story.Record(stage);
            clock.Now += TimeSpan.FromSeconds(17);
        }

        return session;
    }

    private WizardSession Keep(WizardSession session)
    {
        _sessions.Add(session);
        return session;
    }
}
