using System.Text.Json;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;

namespace SetupWizard.Web.Tests.Cli;

public sealed class VerbTests
{
    private static readonly string[] s_admin = ["SETUPWIZARD_ADMIN_PASSWORD=admin-secret"];

    private static readonly DateTimeOffset s_now = DateTimeOffset.UnixEpoch;
    private readonly ScriptedRunner _runner = new() { Changes = [ScriptedRunner.CreateUser, ScriptedRunner.CreatePublication] };

    public static TheoryData<FindingState, int> Codes => new()
    {
        { FindingState.Satisfied, 0 },
        { FindingState.NotApplicable, 0 },
        { FindingState.Advice, 0 },
        { FindingState.Warning, 0 },
        { FindingState.Pending, 1 },
        { FindingState.Blocking, 1 },
        { FindingState.Unknown, 2 },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public async Task Check_exits_by_the_worst_verdict(FindingState state, int code)
    {
        _runner.Answer = ScriptedRunner.With(state);

        Assert.Equal(code, (await CliRun.RunAsync(_runner, "check --url URL")).Code);
        var json = await CliRun.RunAsync(_runner, "check --json --url URL");
        Assert.Equal(code, json.Code);
        Assert.Equal(code == 0, json.Json.GetProperty("ready").GetBoolean());
        Assert.Equal(JsonNamingPolicy.CamelCase.ConvertName(state.ToString()), json.Json.GetProperty("findings")[0].GetProperty("state").GetString());
    }

    [Theory]
    [InlineData("check")]
    [InlineData("plan")]
    [InlineData("plan --sql")]
    [InlineData("plan --undo")]
    [InlineData("apply --yes")]
    [InlineData("verify")]
    [InlineData("export --format sql")]
    [InlineData("export --format json")]
    public async Task Source_that_cannot_be_read_exits_2(string verb)
    {
        _runner.Answer = ScriptedRunner.Unreadable;

        var run = await CliRun.RunAsync(_runner, verb + " --url URL");

        Assert.Equal(2, run.Code);
        Assert.Contains("SW101", run.Output + run.Error, StringComparison.Ordinal);
        Assert.Null(_runner.Applied);
    }

    [Fact]
    public async Task Blocking_wins_over_unknown()
    {
        _runner.Answer = ScriptedRunner.Blocked with { Findings = [.. ScriptedRunner.Blocked.Findings, .. ScriptedRunner.With(FindingState.Unknown).Findings] };

        Assert.Equal(1, (await CliRun.RunAsync(_runner, "check --url URL")).Code);
    }

    [Fact]
    public async Task Json_of_every_verb_has_every_field_of_the_contract()
    {
        string[] fields = ["ready", "provider", "server", "findings", "changes", "leftAlone", "proof", "cost"];
        _runner.Events = [new ApplyFinished(ApplyOutcome.Completed, null, [0, 1], [], ScriptedRunner.Ready) { At = s_now }];
        _runner.Proof = [new ProofEvent(RequirementId.ProofLogin, ProofState.Passed, TimeSpan.FromMilliseconds(5))];
        foreach (var verb in new[] { "check", "plan", "plan --undo", "apply --yes", "verify" })
        {
            var run = await CliRun.RunAsync(_runner, verb + " --json --url URL");
            Assert.Equal(0, run.Code);
            Assert.Empty(run.Error);
            Assert.Subset(run.Json.EnumerateObject().Select(p => p.Name).ToHashSet(), fields.ToHashSet());
        }
    }

    [Fact]
    public async Task Check_prints_what_blocks_why_and_what_to_run_next()
    {
        _runner.Answer = ScriptedRunner.Blocked;

        var run = await CliRun.RunAsync(_runner, "check --url URL");

        Assert.Equal(1, run.Code);
        Assert.Contains("✗ SW301", run.Output, StringComparison.Ordinal);
        Assert.Contains("~ SW201", run.Output, StringComparison.Ordinal);
        Assert.Contains("! SW107", run.Output, StringComparison.Ordinal);
        Assert.Contains("✓ SW101", run.Output, StringComparison.Ordinal);
        Assert.Contains("CREATE USER \"clickpipes_user\" PASSWORD '•••';", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("2 things block, 1 warning. Next: SetupWizard plan …" + Environment.NewLine, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', run.Output);
        Assert.DoesNotMatch(@"\b(Cli|Step|State|Report)\.[A-Z]", run.Output);
    }

    /// <summary>No reading shows a password that is missing or wrong.</summary>
    [Fact]
    public async Task Ready_source_is_said_to_have_had_no_log_in_yet()
    {
        var run = await CliRun.RunAsync(_runner, "check --url URL");

        Assert.Equal(0, run.Code);
        Assert.Contains("This reading did not log in as clickpipes_user. Whether the server lets it in is what verify shows.", run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_lists_the_changes_and_is_about_the_source()
    {
        _runner.Answer = ScriptedRunner.Blocked;

        var text = await CliRun.RunAsync(_runner, "plan --url URL");
        var json = await CliRun.RunAsync(_runner, "plan --json --url URL");

        Assert.Equal((1, 1), (text.Code, json.Code));
        Assert.Contains("CREATE PUBLICATION", text.Output, StringComparison.Ordinal);
        Assert.Equal(["planned", "planned"], json.Json.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("state").GetString()));
        Assert.Equal(["user", "publication"], json.Json.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("phase").GetString()));
    }

    [Fact]
    public async Task Plan_as_sql_prints_the_export_and_nothing_else()
    {
        _runner.Answer = ScriptedRunner.Blocked;

        var plan = await CliRun.RunAsync(_runner, "plan --sql --url URL", variables: s_admin);
        var export = await CliRun.RunAsync(_runner, "export --format sql --url URL", variables: s_admin);

        Assert.Equal(0, plan.Code);
        Assert.Equal(export.Output, plan.Output);
        Assert.StartsWith("-- ", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Password_at_hand_goes_into_the_script_as_its_verifier_and_that_is_said()
    {
        _runner.Answer = ScriptedRunner.Blocked;

        var plan = await CliRun.RunAsync(_runner, "plan --sql --url URL");

        Assert.Equal(0, plan.Code);
        Assert.Contains("CREATE USER \"clickpipes_user\" PASSWORD 'SCRAM-SHA-256$", plan.Output, StringComparison.Ordinal);
        Assert.Contains("SCRAM verifier", plan.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("pipe-secret", plan.Output + plan.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("\\password", plan.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_comes_with_its_undo_in_a_file_of_its_own()
    {
        _runner.Answer = ScriptedRunner.Blocked;
        var file = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            Assert.Equal(0, (await CliRun.RunAsync(_runner, $"plan --sql --undo-file {file} --url URL", variables: s_admin)).Code);
            var written = await File.ReadAllTextAsync(file);
            Assert.Contains("\\set ON_ERROR_STOP on", written, StringComparison.Ordinal);

            // It may be all there is that takes the first script back.
            Assert.Equal(3, (await CliRun.RunAsync(_runner, $"plan --sql --undo-file {file} --url URL", variables: s_admin)).Code);
            Assert.Equal(written, await File.ReadAllTextAsync(file));
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Equal(3, (await CliRun.RunAsync(_runner, $"plan --sql --undo-file {file}/no --url URL", variables: s_admin)).Code);
        Assert.Equal(3, (await CliRun.RunAsync(_runner, $"plan --undo-file {file} --url URL")).Code);
    }

    [Theory]
    [InlineData("plan --undo", 2)]
    [InlineData("apply --undo --yes", 2)]
    [InlineData("export --format undo", 2)]
    public async Task Missing_record_is_not_told_as_nothing_to_take_back(string verb, int code)
    {
        _runner.UndoChanges = [];
        _runner.Unrecorded = new Problem("undo-no-record", new Dictionary<string, object?>(StringComparer.Ordinal));

        var run = await CliRun.RunAsync(_runner, verb + " --url URL");

        Assert.Equal(code, run.Code);
        Assert.Contains("no record of a change to this database", run.Output + run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("nothing to take back", run.Output + run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_of_a_part_says_that_it_is_one()
    {
        _runner.UndoChanges = [ScriptedRunner.CreatePublication with { Statement = new("DROP PUBLICATION \"clickpipes\"") }];
        _runner.Unrecorded = new Problem("undo-partly-other-database", new Dictionary<string, object?>(StringComparer.Ordinal) { ["user"] = "pipes", ["publication"] = "clickpipes" });

        var run = await CliRun.RunAsync(_runner, "plan --undo --url URL");

        Assert.Equal(0, run.Code);
        Assert.Contains("DROP PUBLICATION", run.Output, StringComparison.Ordinal);
        Assert.Contains("A part of what is on record for this address was done to another database.", run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    /// <summary>What psql makes of an empty file is success.</summary>
    [Fact]
    public async Task File_for_an_undo_that_cannot_be_written_fails_when_it_is_run()
    {
        _runner.UndoChanges = [];
        _runner.Unrecorded = new Problem("undo-no-record", new Dictionary<string, object?>(StringComparer.Ordinal));

        var run = await CliRun.RunAsync(_runner, "export --format undo --url URL");

        Assert.Equal(2, run.Code);
        Assert.StartsWith("\\set ON_ERROR_STOP on", run.Output, StringComparison.Ordinal);
        Assert.Contains("RAISE EXCEPTION USING MESSAGE = 'This installation has no record of a change to this database", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_that_needs_more_rights_names_the_way_to_whoever_has_them()
    {
        _runner.Answer = ScriptedRunner.Blocked;
        _runner.HandOff = [.. _runner.Changes.Take(1).Select(static c => c with { RunBy = "boss" })];
        _runner.Changes = [];

        var plan = await CliRun.RunAsync(_runner, "plan --url URL");

        Assert.Contains("1 statement needs more rights than this login has. Next: SetupWizard export --format plan", plan.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Everything_is_taken_back_only_where_the_database_is_named()
    {
        Assert.Equal(3, (await CliRun.RunAsync(_runner, "plan --undo --all other --url URL")).Code);
        Assert.Equal(3, (await CliRun.RunAsync(_runner, "plan --all shop --url URL")).Code);
        Assert.Null(_runner.Asked);
        await CliRun.RunAsync(_runner, "plan --undo --all shop --ignore-idle-slots --url URL");
        Assert.Equal(new UndoRequest(All: true, IdleSlotsUnused: true), _runner.Asked);
    }

    [Fact]
    public async Task Apply_that_cannot_be_recorded_is_refused_with_the_reason()
    {
        _runner.Answer = ScriptedRunner.Blocked;
        _runner.RecordTrouble = new Problem("apply-audit", new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = "Read-only file system" });

        var run = await CliRun.RunAsync(_runner, "apply --yes --url URL");

        Assert.Equal(1, run.Code);
        Assert.Null(_runner.Applied);
        Assert.Contains("Read-only file system", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_script_is_made_from_the_undo_plan()
    {
        _runner.UndoChanges = [ScriptedRunner.CreatePublication with { Statement = ScriptedRunner.CreatePublication.Undo! }];

        var run = await CliRun.RunAsync(_runner, "plan --undo --sql --url URL");

        Assert.Equal(0, run.Code);
        Assert.Contains("DROP PUBLICATION \"clickpipes\";", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("CREATE", run.Output, StringComparison.Ordinal);
    }

    /// <summary>The script is kept for a time when it hurts nothing; whatever would run it now is told.</summary>
    [Theory]
    [InlineData("export --format undo")]
    [InlineData("plan --undo --sql")]
    public async Task Undo_script_that_would_hurt_something_is_written_and_exits_as_an_undo_does(string verb)
    {
        _runner.UndoChanges = [ScriptedRunner.CreatePublication with { Statement = ScriptedRunner.CreatePublication.Undo! }];
        _runner.Obstacles = [new Problem("undo-slot-active", new Dictionary<string, object?>(StringComparer.Ordinal) { ["slot"] = "peerflow_slot_shop", ["pid"] = 7, ["count"] = 1, ["slots"] = "peerflow_slot_shop" })];

        var script = await CliRun.RunAsync(_runner, verb + " --url URL");
        var undo = await CliRun.RunAsync(_runner, "apply --undo --yes --url URL");

        Assert.Equal((1, 1), (script.Code, undo.Code));
        Assert.Contains("DROP PUBLICATION \"clickpipes\";", script.Output, StringComparison.Ordinal);
        Assert.NotEqual("", script.Error);
        Assert.Null(_runner.Applied);
    }

    [Theory]
    [InlineData("apply --yes")]
    [InlineData("apply --dry-run")]
    [InlineData("apply --undo --yes")]
    public async Task Apply_that_finds_nothing_to_run_says_so_as_its_outcome(string verb)
    {
        _runner.Answer = ScriptedRunner.Blocked;
        _runner.HandOff = [ScriptedRunner.CreateUser with { RunBy = "boss" }];
        _runner.Changes = [];

        var run = await CliRun.RunAsync(_runner, verb + " --json --url URL");

        Assert.Equal("nothingToDo", run.Json.GetProperty("outcome").GetString());
        Assert.Equal(JsonValueKind.Null, run.Json.GetProperty("problem").ValueKind);
        Assert.Null(_runner.Applied);
        Assert.Equal(JsonValueKind.Null, (await CliRun.RunAsync(_runner, "plan --json --url URL")).Json.GetProperty("outcome").ValueKind);
    }

    [Fact]
    public async Task Heading_of_a_phase_says_which_statements_share_a_transaction()
    {
        var change = ScriptedRunner.CreatePublication with { Undo = null };
        _runner.Changes =
        [
            change with { Phase = ChangePhase.Grants, Statement = new("GRANT 1") },
            change with { Phase = ChangePhase.ReplicaIdentity, Statement = new("ALTER 1") },
            change with { Phase = ChangePhase.ReplicaIdentity, Statement = new("ALTER 2") },
        ];
        var together = await CliRun.RunAsync(_runner, "plan --url URL");
        _runner.Changes = [.. _runner.Changes.Take(1), change with { Phase = ChangePhase.Grants, Statement = new("GRANT 2"), OwnTransaction = true }];
        var parts = await CliRun.RunAsync(_runner, "plan --url URL");

        Assert.Contains("\nGrants (one transaction)\n", together.Output, StringComparison.Ordinal);
        Assert.Contains("\nRow identity of tables (a transaction for each statement)\n", together.Output, StringComparison.Ordinal);
        Assert.Contains("\nGrants (several transactions)\n", parts.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Finding_has_its_way_out_in_words_where_nothing_can_be_run()
    {
        _runner.Answer = ScriptedRunner.Ready with { Findings = [ScriptedRunner.Found(RequirementId.FailoverSlots, Area.Replication, FindingState.Unknown) with { Case = "unreadable" }] };

        var finding = (await CliRun.RunAsync(_runner, "check --json --url URL")).Json.GetProperty("findings")[0];

        Assert.Equal(JsonValueKind.Null, finding.GetProperty("fix").ValueKind);
        Assert.StartsWith("Have somebody who may read it check again", finding.GetProperty("wayOut").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ApplyOutcome.Completed, 0)]
    [InlineData(ApplyOutcome.RestartPending, 0)]
    [InlineData(ApplyOutcome.NothingToDo, 0)]
    [InlineData(ApplyOutcome.Stale, 1)]
    [InlineData(ApplyOutcome.Busy, 1)]
    [InlineData(ApplyOutcome.Failed, 1)]
    [InlineData(ApplyOutcome.ConnectionLost, 1)]
    [InlineData(ApplyOutcome.Cancelled, 1)]
    [InlineData(ApplyOutcome.NotInEffect, 1)]
    public async Task Apply_exits_0_only_when_it_finished(ApplyOutcome outcome, int code)
    {
        _runner.Events = [new ApplyFinished(outcome, null, [], [], ScriptedRunner.Ready) { At = s_now }];

        var run = await CliRun.RunAsync(_runner, "apply --yes --json --url URL");

        Assert.Equal(code, run.Code);
        Assert.Equal(JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()), run.Json.GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Apply_that_leaves_a_restart_to_be_made_ends_with_that()
    {
        _runner.Changes = [ScriptedRunner.CreatePublication, ScriptedRunner.CreateUser];
        _runner.Events =
        [
            new ApplyFinished(ApplyOutcome.RestartPending, new Problem("apply-restart-pending", new Dictionary<string, object?> { ["count"] = 1, ["settings"] = "wal_level" }), [1], [], ScriptedRunner.Blocked)
            {
                At = s_now,
                Waiting = [0],
            },
        ];

        var text = await CliRun.RunAsync(_runner, "apply --yes --url URL");
        var json = await CliRun.RunAsync(_runner, "apply --yes --json --url URL");

        Assert.Equal((1, 1), (text.Code, json.Code));
        Assert.Contains("Done; 1 change waits for a restart of the server.", text.Output, StringComparison.Ordinal);
        Assert.Contains("Restart the server when your application allows it", text.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("every change is in effect", text.Output, StringComparison.Ordinal);
        Assert.Equal("restartPending", json.Json.GetProperty("outcome").GetString());
        Assert.Equal(["awaitsRestart", "inEffect"], json.Json.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task Undo_says_what_it_leaves_and_why()
    {
        _runner.UndoLeft =
        [
            new LeftAlone(
                ScriptedRunner.CreatePublication with { Kind = "undo-create-publication", Statement = ScriptedRunner.CreatePublication.Undo! },
                new Problem("undo-left-publication", new Dictionary<string, object?> { ["publication"] = "clickpipes", ["count"] = 1, ["members"] = "public.theirs", ["statement"] = "DROP PUBLICATION \"clickpipes\"" })),
        ];

        var text = await CliRun.RunAsync(_runner, "plan --undo --url URL");
        var script = await CliRun.RunAsync(_runner, "plan --undo --sql --url URL");
        var json = await CliRun.RunAsync(_runner, "apply --undo --yes --json --url URL");

        Assert.Equal((0, 0, 0), (text.Code, script.Code, json.Code));
        foreach (var output in new[] { text.Output, script.Output })
        {
            Assert.Contains("Not taken back: Create publication clickpipes.", output, StringComparison.Ordinal);
            Assert.Contains("public.theirs", output, StringComparison.Ordinal);
        }

        Assert.All(script.Output.Split('\n').Where(l => l.Contains("theirs", StringComparison.Ordinal)), l => Assert.StartsWith("--", l, StringComparison.Ordinal));
        var left = Assert.Single(json.Json.GetProperty("leftAlone").EnumerateArray());
        Assert.Equal(("SW401", "undo-left-publication", "DROP PUBLICATION \"clickpipes\""), (left.GetProperty("code").GetString(), left.GetProperty("key").GetString(), left.GetProperty("sql").GetString()));
    }

    [Fact]
    public async Task Consent_to_change_a_publication_others_read_is_part_of_the_goal()
    {
        await CliRun.RunAsync(_runner, "check --url URL");
        Assert.False(_runner.Goal!.ChangePublication);

        await CliRun.RunAsync(_runner, "check --url URL --change-publication");
        Assert.True(_runner.Goal!.ChangePublication);
    }

    [Fact]
    public async Task Apply_that_leaves_something_blocking_exits_1()
    {
        _runner.Events = [new ApplyFinished(ApplyOutcome.Completed, null, [0, 1], [], ScriptedRunner.Blocked) { At = s_now }];

        Assert.Equal(1, (await CliRun.RunAsync(_runner, "apply --yes --url URL")).Code);
    }

    [Fact]
    public async Task What_waits_for_others_is_listed_with_what_it_waits_for_and_told_after_an_apply()
    {
        var handOff = ScriptedRunner.CreateUser with { RunBy = "rdsadmin" };
        (_runner.Changes, _runner.HandOff) = ([ScriptedRunner.CreatePublication], [handOff]);
        _runner.Waiting = [new(ScriptedRunner.CreatePublication with { Kind = "grant-usage", Phase = ChangePhase.Grants, Statement = new("GRANT USAGE ON SCHEMA app TO \"clickpipes_user\"") }, [handOff])];
        _runner.Events = [new ApplyFinished(ApplyOutcome.Completed, null, [0], [], ScriptedRunner.Blocked) { At = s_now }];

        var plan = await CliRun.RunAsync(_runner, "plan --url URL");
        var json = await CliRun.RunAsync(_runner, "apply --yes --json --url URL");
        var text = await CliRun.RunAsync(_runner, "apply --yes --url URL");

        Assert.Matches(@"(?s)rdsadmin \(1\).*CREATE USER.*others run first \(1\).*Waits for: .*clickpipes_user.* \(by rdsadmin\).*GRANT USAGE ON SCHEMA app", plan.Output);
        Assert.Equal((1, 1), (json.Code, text.Code));
        var changes = json.Json.GetProperty("changes").EnumerateArray().ToList();
        Assert.Equal(["inEffect", "handOff", "waiting"], changes.Select(c => c.GetProperty("state").GetString()));
        Assert.Equal([handOff.Statement.Display], changes[2].GetProperty("waitsFor").EnumerateArray().Select(w => w.GetString()));
        Assert.EndsWith("1 change waits for what other roles run first. After that: SetupWizard apply …" + Environment.NewLine, text.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\b(Cli|Report|Waits|Change)\.[A-Z]", plan.Output + text.Output);
    }

    [Fact]
    public async Task Apply_that_is_cut_off_without_a_last_word_exits_1()
    {
        _runner.Events = [new ApplyStarted(2, false) { At = s_now }];

        Assert.Equal(1, (await CliRun.RunAsync(_runner, "apply --yes --url URL")).Code);
    }

    [Fact]
    public async Task Apply_tells_for_each_change_where_it_stands()
    {
        var problem = new Problem("sample", new Dictionary<string, object?>(), new ServerMessage("42501", "permission denied"));
        _runner.Changes = [ScriptedRunner.CreatePublication, ScriptedRunner.CreateUser, ScriptedRunner.CreateUser, ScriptedRunner.CreatePublication];
        _runner.Events =
        [
            new ApplyStarted(4, false) { At = s_now },
            new ChangeExecuted(0, TimeSpan.FromMilliseconds(3)) { At = s_now },
            new PhaseCommitted(ChangePhase.User, [0]) { At = s_now },
            new ChangeExecuted(1, TimeSpan.FromMilliseconds(3)) { At = s_now },
            new ChangeFailed(2, problem) { At = s_now },
            new PhaseRolledBack(ChangePhase.Publication, [1, 2]) { At = s_now },
            new ChangesSkipped([3]) { At = s_now },
            new ApplyFinished(ApplyOutcome.Failed, problem, [0], [1, 2, 3], ScriptedRunner.Blocked) { At = s_now },
        ];

        var json = await CliRun.RunAsync(_runner, "apply --yes --json --url URL");
        var text = await CliRun.RunAsync(_runner, "apply --yes --url URL");

        Assert.Equal((1, 1), (json.Code, text.Code));
        Assert.Equal(["inEffect", "rolledBack", "failed", "skipped"], json.Json.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("state").GetString()));
        Assert.Equal("42501", json.Json.GetProperty("problem").GetProperty("sqlState").GetString());
        Assert.Contains("permission denied", text.Output, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"\b(Cli|Outcome|ChangeState|Phase)\.[A-Z]", text.Output);
    }

    [Fact]
    public async Task Change_whose_outcome_was_unknown_gets_the_word_of_the_second_reading()
    {
        var problem = new Problem("sample", new Dictionary<string, object?>());
        _runner.Events =
        [
            new OutcomeUnknown([0, 1], problem) { At = s_now },
            new ApplyFinished(ApplyOutcome.ConnectionLost, problem, [0], [1], ScriptedRunner.Blocked) { At = s_now },
        ];

        var run = await CliRun.RunAsync(_runner, "apply --yes --json --url URL");

        Assert.Equal(["inEffect", "notInEffect"], run.Json.GetProperty("changes").EnumerateArray().Select(c => c.GetProperty("state").GetString()));
    }

    [Theory]
    [InlineData("yes", true)]
    [InlineData("y", true)]
    [InlineData("no", false)]
    [InlineData("", false)]
    public async Task Apply_at_a_terminal_shows_the_plan_and_asks(string answer, bool applied)
    {
        var run = await CliRun.RunAsync(_runner, "apply --url URL", input: answer + "\n", interactive: true);

        Assert.Equal(applied, _runner.Applied is not null);
        Assert.Contains("CREATE PUBLICATION", run.Output, StringComparison.Ordinal);
        Assert.Contains("[yes/no]", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Apply_with_nothing_to_do_exits_as_check_does()
    {
        _runner.Changes = [];

        Assert.Equal(0, (await CliRun.RunAsync(_runner, "apply --yes --url URL")).Code);
        _runner.Answer = ScriptedRunner.Blocked;
        Assert.Equal(1, (await CliRun.RunAsync(_runner, "apply --yes --url URL")).Code);
        Assert.Null(_runner.Applied);
    }

    [Fact]
    public async Task Dry_run_executes_through_the_engine_and_exits_0_when_all_was_rolled_back()
    {
        _runner.Events = [new ApplyStarted(2, true) { At = s_now }, new ApplyFinished(ApplyOutcome.RolledBack, null, [], [], ScriptedRunner.Blocked) { At = s_now }];

        var run = await CliRun.RunAsync(_runner, "plan --dry-run --url URL");

        Assert.Equal(0, run.Code);
        Assert.True(_runner.DryRun);
    }

    [Theory]
    [InlineData(ProofState.Passed, 0)]
    [InlineData(ProofState.Failed, 1)]
    [InlineData(ProofState.Waiting, 1)]
    public async Task Verify_exits_by_its_stages(ProofState last, int code)
    {
        _runner.Proof =
        [
            new ProofEvent(RequirementId.ProofLogin, ProofState.Running, TimeSpan.Zero),
            new ProofEvent(RequirementId.ProofLogin, ProofState.Passed, TimeSpan.FromMilliseconds(84)),
            new ProofEvent(RequirementId.ProofReplication, last, TimeSpan.FromMilliseconds(31)),
            new ProofEvent(RequirementId.ProofChange, ProofState.Skipped, TimeSpan.Zero),
        ];

        var run = await CliRun.RunAsync(_runner, "verify --json --url URL");

        Assert.Equal(code, run.Code);
        Assert.Equal(code == 0, run.Json.GetProperty("ready").GetBoolean());
        Assert.Equal(["SW601", "SW602", "SW606"], run.Json.GetProperty("proof").EnumerateArray().Select(p => p.GetProperty("code").GetString()));
        Assert.Equal("pipe-secret", _runner.Target!.Credentials.ClickPipesPassword!.Reveal());
    }

    [Fact]
    public async Task Verify_of_a_blocked_source_is_not_ready_even_when_every_stage_passes()
    {
        _runner.Answer = ScriptedRunner.Blocked;
        _runner.Proof = [new ProofEvent(RequirementId.ProofLogin, ProofState.Passed, TimeSpan.Zero)];

        var run = await CliRun.RunAsync(_runner, "verify --json --url URL");

        Assert.Equal(1, run.Code);
        Assert.False(run.Json.GetProperty("ready").GetBoolean());
    }

    [Theory]
    [InlineData("check", 2)]
    [InlineData("apply --yes", 1)]
    public async Task Cancelling_exits_cleanly(string verb, int code)
    {
        _runner.WhileReading = () => throw new OperationCanceledException();

        var run = await CliRun.RunAsync(_runner, verb + " --url URL");

        Assert.Equal(code, run.Code);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Waiting_that_goes_on_is_said_once()
    {
        _runner.Proof =
        [
            .. Enumerable.Range(1, 5).Select(i => new ProofEvent(RequirementId.ProofSlot, ProofState.Waiting, TimeSpan.FromSeconds(i))),
            new ProofEvent(RequirementId.ProofSlot, ProofState.Passed, TimeSpan.FromSeconds(6)),
        ];

        var run = await CliRun.RunAsync(_runner, "verify --url URL");

        Assert.Equal(2, run.Output.Split("SW605").Length - 1);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 25)]
    public async Task Wait_that_changes_is_told_every_ten_seconds_and_at_a_terminal_each_time(bool terminal, int lines)
    {
        _runner.Proof =
        [
            .. Enumerable.Range(1, 25).Select(i => new ProofEvent(RequirementId.ProofSlot, ProofState.Waiting, TimeSpan.FromSeconds(i))
            {
                Arguments = new Dictionary<string, object?> { ["pid"] = "42", ["transaction"] = $"pid 42 (app, shop) 00:00:{i:00}" },
            }),
            new ProofEvent(RequirementId.ProofSlot, ProofState.Passed, TimeSpan.FromSeconds(26)),
        ];

        var run = await CliRun.RunAsync(_runner, "verify --url URL", terminal: terminal);

        Assert.Equal(lines, run.Output.Split("pid 42 (app, shop)").Length - 1);
    }

    [Fact]
    public async Task Stage_that_failed_for_several_reasons_tells_each_with_where_to_mend_it()
    {
        var arguments = new Dictionary<string, object?> { ["user"] = "u", ["count"] = 1, ["total"] = 9, ["tables"] = "s.t", ["schemas"] = "s" };
        _runner.Proof =
        [
            new ProofEvent(RequirementId.ProofRead, ProofState.Failed, TimeSpan.FromSeconds(1))
            {
                Problem = new Problem("proof-read-schema", arguments),
                Owner = RequirementId.SchemaUsage,
                Others = [new ProofFailure(new Problem("proof-read", arguments), RequirementId.TableSelect), new ProofFailure(new Problem("proof-read-cancelled", arguments), null)],
            },
        ];

        var run = await CliRun.RunAsync(_runner, "verify --url URL");
        Assert.Contains("may not use the schema of 1 of 9 tables", run.Output, StringComparison.Ordinal);
        Assert.Contains("1 of 9 tables cannot be read by u", run.Output, StringComparison.Ordinal);
        Assert.Contains("was cancelled", run.Output, StringComparison.Ordinal);
        Assert.Contains("SW304", run.Output, StringComparison.Ordinal);
        Assert.Contains("SW305", run.Output, StringComparison.Ordinal);

        var failures = (await CliRun.RunAsync(_runner, "verify --json --url URL")).Json.GetProperty("proof")[0].GetProperty("failures");
        Assert.Equal(["SW304", "SW305", null], failures.EnumerateArray().Select(f => f.GetProperty("owner").GetString()));
        Assert.Equal("proof-read", failures[1].GetProperty("key").GetString());
    }

    [Fact]
    public async Task Password_is_sent_as_text_when_asked_for_and_the_plan_says_what_that_means()
    {
        _runner.Changes = [ScriptedRunner.CreateUser with { Risk = ChangeRisk.Logged }];

        var run = await CliRun.RunAsync(_runner, "plan --password-as-text --url URL");

        Assert.True(_runner.Goal!.SendPasswordAsText);
        Assert.Contains("The password itself is sent", run.Output, StringComparison.Ordinal);
        await CliRun.RunAsync(_runner, "plan --url URL");
        Assert.False(_runner.Goal!.SendPasswordAsText);
    }

    [Fact]
    public async Task Refused_commit_is_told_as_the_commit_s()
    {
        var problem = new Problem("apply-commit-refused", new Dictionary<string, object?> { ["count"] = 2 }, new ServerMessage("40001", "could not serialize access"));
        _runner.Events =
        [
            new PhaseRolledBack(ChangePhase.User, [0, 1]) { At = s_now },
            new CommitRefused(ChangePhase.User, [0, 1], problem) { At = s_now },
            new ApplyFinished(ApplyOutcome.Failed, problem, [], [0, 1], ScriptedRunner.Ready) { At = s_now },
        ];

        var run = await CliRun.RunAsync(_runner, "apply --yes --url URL");

        Assert.Equal(1, run.Code);
        Assert.Contains("The server refused to commit 2 changes", run.Output, StringComparison.Ordinal);
        Assert.Contains("could not serialize access", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sql", "BEGIN;")]
    [InlineData("undo", "\\set ON_ERROR_STOP on")]
    [InlineData("terraform", "clickhouse_clickpipe")]
    [InlineData("api", "\"tableMappings\"")]
    [InlineData("cli", "clickhousectl")]
    [InlineData("markdown", "# ")]
    [InlineData("json", "\"findings\"")]
    public async Task Export_writes_the_document_alone(string format, string part)
    {
        var run = await CliRun.RunAsync(_runner, $"export --format {format} --url URL", variables: s_admin);

        Assert.Equal(0, run.Code);
        Assert.Contains(part, run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Names_cannot_steer_the_terminal()
    {
        _runner.Changes = [ScriptedRunner.CreatePublication with { Statement = new("CREATE PUBLICATION \"\u001b[2J\"") }];

        var run = await CliRun.RunAsync(_runner, "plan --url URL");

        Assert.DoesNotContain('\u001b', run.Output);
    }
}
