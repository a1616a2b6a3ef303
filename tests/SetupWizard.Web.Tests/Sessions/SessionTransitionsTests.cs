using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Saved;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Sessions;

/// <summary>States of a session in any order of events, with answers that come late: none that its rules forbid.</summary>
public sealed class SessionTransitionsTests
{
    private static readonly SourceEndpoint[] s_sources = [Given.Endpoint, Given.Endpoint with { Database = "crm" }, Given.Endpoint with { Host = "other.example", Ssh = new SshEndpoint { Host = "bastion", User = "me" } }];

    [Fact]
    public void No_sequence_of_events_leads_to_a_state_that_the_rules_forbid()
    {
        for (var seed = 0; seed < 10_000; seed++)
        {
            var world = new World(new Random(seed));
            for (var step = 0; step < 30; step++)
            {
                world.Step();
                world.Check($"seed {seed}, step {step}: {world.Last}");
            }
        }
    }

    /// <summary>A secret has no place in it, however deep.</summary>
    [Fact]
    public void State_has_no_place_for_a_secret()
    {
        var seen = new HashSet<Type>();
        Visit(typeof(SessionState));

        Assert.Contains(typeof(SetupGoal), seen);
        Assert.DoesNotContain(seen, static t => t == typeof(SecretString) || t == typeof(SourceCredentials) || t == typeof(SshCredentials));

        void Visit(Type type)
        {
            foreach (var part in type.IsGenericType ? type.GetGenericArguments() : type.HasElementType ? [type.GetElementType()!] : [])
            {
                Visit(part);
            }

            // A sandbox is made to be given away, and what it is opened with stands on the page.
            if (type.Namespace?.StartsWith("SetupWizard", StringComparison.Ordinal) == true && type != typeof(SandboxState) && seen.Add(type) && !type.IsEnum)
            {
                foreach (var property in type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
                {
                    Visit(property.PropertyType);
                }
            }
        }
    }

    [Fact]
    public async Task Whatever_comes_from_many_threads_nothing_is_known_after_everything_was_forgotten()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var runner = new FakeSetupRunner();
            await using var session = new WizardSession("many", runner, new FakeSandboxLauncher(), TimeProvider.System, NullLogger<WizardSession>.Instance);
            await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(async () =>
            {
                var random = new Random((seed * 10) + n);
                for (var i = 0; i < 25; i++)
                {
                    await (random.Next(8) switch
                    {
                        0 or 1 => session.ConnectAsync(s_sources[random.Next(2)], "admin", new SecretString("s3cret")),
                        2 => session.SetGoalAsync(new SetupGoal { User = "u" + random.Next(2), Publication = "p" + random.Next(2) }),
                        3 => session.InspectAsync(),
                        4 => Task.Run(() => session.SetClickPipesPassword(new SecretString("p"), generated: random.Next(2) == 0)),
                        5 => Task.Run(() => session.CancelConnect()),
                        6 => session.ForgetAsync(),
                        _ => Task.Run(() => session.Touch(WizardStep.Tables)),
                    });
                    if (session is { State: { Inspection: { } reading, Endpoint: { } endpoint } })
                    {
                        Assert.NotNull(reading.Snapshot);
                        Assert.NotNull(endpoint.Host);
                    }
                }
            })));

            await session.ForgetAsync();
            Assert.Null(session.Credentials);
            Assert.Null(session.Target);
            Assert.Equal(SessionState.Empty with { Notice = SessionNotice.Ended }, session.State);
        }
    }

    private static Inspection Reading(SourceEndpoint endpoint, SetupGoal goal, bool withUser)
    {
        var reading = Given.Inspection() with { Endpoint = endpoint, Goal = goal };
        return withUser
            ? reading with { Snapshot = Given.Snapshot with { Roles = new Dictionary<string, RoleFact>(Given.Snapshot.Roles, StringComparer.Ordinal) { [goal.User] = new() { Name = goal.User, CanLogin = true } } } }
            : reading;
    }

    private sealed class World(Random random)
    {
        private readonly List<(ConnectAttempt Attempt, SourceEndpoint Source)> _attempts = [];
        private readonly List<(CheckUnderWay Check, SourceEndpoint? Source, SetupGoal Goal)> _checks = [];
        private long _ids;
        private SessionState _before = SessionState.Empty;
        private SessionState _state = SessionState.Empty;
        private bool _late;

        public string Last { get; private set; } = "";

        public void Step()
        {
            (_before, _late) = (_state, false);
            var now = Given.Noon.AddSeconds(_ids);
            switch (random.Next(16))
            {
                case 0 or 1:
                    var source = s_sources[random.Next(s_sources.Length)];
                    var attempt = new ConnectAttempt(++_ids, now);
                    _attempts.Add((attempt, source));
                    var kept = random.Next(4) == 0 ? new SavedSetup { Goal = new SetupGoal { Tables = [new("public", "kept")] }, Step = WizardStep.Tables } : null;
                    Do("connect", s => s.Connect(source, "admin", attempt, kept));
                    break;
                case 2 or 3 when _attempts.Count > 0:
                    var (ended, at) = _attempts[random.Next(_attempts.Count)];
                    _late = _state.Attempt?.Id != ended.Id || _state.Attempt.Cancelled;
                    var report = random.Next(3) == 0 ? Given.Refused() : Given.Connected(Reading(at, _state.Goal, random.Next(2) == 0));
                    Do("connected", s => s.ConnectEnded(ended, report, now, Judge));
                    break;
                case 4 when _attempts.Count > 0:
                    var (given, _) = _attempts[random.Next(_attempts.Count)];
                    _late = _state.Attempt?.Id != given.Id;
                    Do("cancel", s => s.ConnectCancelled(given));
                    break;
                case 5:
                    var check = new CheckUnderWay(++_ids, now);
                    _checks.Add((check, _state.Endpoint, _state.Goal));
                    Do("check", s => s.CheckBegun(check));
                    break;
                case 6 or 7 when _checks.Count > 0:
                    var (begun, of, goal) = _checks[random.Next(_checks.Count)];
                    _late = _state.Check?.Id != begun.Id;
                    var found = of is null || random.Next(4) == 0 ? null : random.Next(5) == 0 ? Given.Lost(Reading(of, goal, false)) : Reading(of, goal, random.Next(2) == 0);
                    Do("checked", s => s.CheckEnded(begun, found, now, Judge));
                    break;
                case 8:
                    Do("goal", s => s.WithGoal(s.Goal with { User = "u" + random.Next(2), ResetPassword = random.Next(2) == 0, Tables = [new("public", "t" + random.Next(3))] }, Judge));
                    break;
                case 9:
                    Do("password", s => s.Endpoint is null ? s : s.WithPassword(random.Next(3) > 0, random.Next(2) == 0));
                    break;
                case 10:
                    Applied(now);
                    break;
                case 11:
                    Do("open", s => s.Opened((WizardStep)random.Next(8), now));
                    break;
                case 12:
                    Do("review", s => s.Reviewing(s.Inspection is null ? null : new PlanReview(WizardStep.Access, Plan(s.Goal))));
                    Do("reviewed again", s => s.ReviewedAgain(reading => random.Next(2) == 0 ? Plan(reading.Goal) : Plan(reading.Goal) with { Changes = [] }, now));
                    break;
                case 13:
                    using (var proof = new ProofRun(TimeProvider.System))
                    {
                        Do("prove", s => s.ProofBegun(proof));
                        Do("proved", s => s.ProofEnded(proof, _state.Goal, now));
                    }

                    break;
                case 14 when random.Next(4) == 0:
                    Do("forget", s => s.Forgotten(SessionNotice.Expired));
                    Assert.Equal(SessionState.Empty with { Notice = SessionNotice.Expired, Closed = _before.Closed }, _state);
                    break;
                default:
                    Do("without resume", s => s.WithoutResume());
                    break;
            }
        }

        public void Check(string where)
        {
            // What is late changes nothing.
            Assert.True(!_late || ReferenceEquals(_state, _before), where);

            // A reading is of the source that is connected, and so is everything that follows from one.
            Assert.True(_state.Inspection is null || _state.Inspection.Endpoint == _state.Endpoint, where);
            Assert.True(_state.Inspection is null || _state.Inspection.Snapshot is not null, where);
            Assert.True(_state.First is null || _state.Inspection is not null, where);
            Assert.True(_state.Review is null || _state.Inspection is not null, where);
            Assert.True(_state.Check is null || _state.Endpoint is not null, where);
            Assert.True(!_state.Connected || _state.Endpoint is not null, where);
            Assert.True(_state.Run is null || _state.Endpoint is not null, where);
            Assert.True(_state.Proof is null || _state.Endpoint is not null, where);

            // A password belongs to a source, and what is known of it to the user it was set for.
            Assert.True(_state.Password == PasswordStanding.None || _state.Endpoint is not null, where);
            Assert.True(_state.Password <= PasswordStanding.Proposed || _state.Goal.User == _before.Goal.User || _state.Endpoint != _before.Endpoint || _before.Password == PasswordStanding.None, where);

            // Another source begins with nothing of the one before.
            if (Last == "connect" && _before.Endpoint is not null && _before.IsAnother(_state.Endpoint!))
            {
                Assert.True(_state is { Inspection: null, First: null, Proof: null, UndoPlan: null, Review: null, Check: null, Password: PasswordStanding.None }, where);
                Assert.True(_state.Goal.Tables.Count == 0 || _state.ChoicesFound, where);
            }
        }

        private void Applied(DateTimeOffset now)
        {
            var plan = Plan(_state.Goal);
            using var run = new SetupRun(plan, WizardStep.Access, dryRun: random.Next(3) == 0);
            Do("run", s => s.RunBegun(run));
            if (_state.Run != run)
            {
                return;
            }

            var after = random.Next(3) == 0 ? null : Reading(_state.Endpoint!, _state.Goal, withUser: true);
            run.RunAsync(_ => Events(after), () => Do("ran", s => s.RunEnded(run, now, Judge)), static e => throw e).GetAwaiter().GetResult();
            if (!run.DryRun)
            {
                Assert.Null(_state.Proof);
                Assert.Null(_state.UndoPlan);
                Assert.Equal(PasswordStanding.Set, _state.Password);
                Assert.False(_state.Goal.ResetPassword);
            }
        }

        private static async IAsyncEnumerable<ApplyEvent> Events(Inspection? after)
        {
            await Task.CompletedTask;
            yield return Given.Finished(Core.Engine.ApplyOutcome.Completed, [0], [], after);
        }

        private static SetupPlan Plan(SetupGoal goal) => new()
        {
            Goal = goal,
            Provider = "amazon-rds",
            Fingerprint = "x",
            Changes = [Given.Sql("x") with { Statement = new SqlText("CREATE USER x PASSWORD " + SqlText.PasswordHole) }],
        };

        private static Inspection Judge(Inspection reading, SetupGoal goal) => reading with { Goal = goal };

        private void Do(string what, Func<SessionState, SessionState> change)
        {
            Last = what;
            _state = change(_state);
        }
    }
}
