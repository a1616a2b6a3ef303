using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>
/// The proof: does as the ClickPipes user what ClickPipes will do, in the order its engine validates, ending with a change that arrives.
/// Everything made is temporary and belongs to connections that are closed at the end.
/// </summary>
internal sealed class LiveVerifier
{
    private readonly SetupTarget _admin;
    private readonly SetupTarget _user;
    private readonly SetupGoal _goal;
    private readonly SourceInspector _inspector;
    private readonly TimeProvider _time;
    private readonly Redactor _redactor;
    private readonly ProofReport _report;
    private readonly string _slotName = TemporarySlot.NewName("proof");

    public LiveVerifier(SetupTarget target, SetupGoal goal, SourceInspector inspector, TimeProvider time, ILogger logger, ChannelWriter<ProofEvent> events)
    {
        _admin = target;
        _user = target with { Credentials = new SourceCredentials(goal.User, target.Credentials.ClickPipesPassword) };
        _goal = goal;
        _inspector = inspector;
        _time = time;
        _redactor = new Redactor(target.Credentials);
        _report = new ProofReport(events, logger, _redactor);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (_goal.Authentication == LoginMethod.Iam && !CanTryToken())
        {
            _report.SkipAfter(RequirementId.ProofLogin, andCleaning: true);
            return;
        }

        if (_user.Credentials.AdminPassword is null)
        {
            _report.Fail(RequirementId.ProofLogin, 0, RequirementId.User, ProofReport.Problem("proof-no-password", ("user", _goal.User)));
            _report.SkipAfter(RequirementId.ProofLogin, andCleaning: true);
            return;
        }

        // What is to be proved comes from the administrator's reading; the proof itself is the user's.
        var admin = await _inspector.TryOpenAsync(_admin, "verify", cancellationToken).ConfigureAwait(false);
        await using (admin.ConfigureAwait(false))
        {
            if (admin.Source is null)
            {
                Unread(admin.Failure!);
                return;
            }

            Inspection inspection;
            try
            {
                inspection = await _inspector.InspectAsync(admin.Source, _admin, _goal, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ConnectionErrors.IsExpected(e))
            {
                Unread(ConnectionDiagnosis.Classify(e, _admin));
                return;
            }

            try
            {
                await ProveAsync(admin.Source.Connection, inspection, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                await WaitUntilGoneAsync(admin.Source.Connection).ConfigureAwait(false);
                throw;
            }

            await CheckCleanAsync(admin.Source.Connection).ConfigureAwait(false);
        }
    }

    private void Unread(Finding failure)
    {
        _report.Fail(RequirementId.ProofLogin, 0, RequirementId.Reachable, new Problem("proof-admin-unreachable", failure.Arguments, failure.Server));
        _report.SkipAfter(RequirementId.ProofLogin, andCleaning: true);
    }

    /// <summary>Whether there is a token, and a session that may carry it; says so when there is not.</summary>
    private bool CanTryToken()
    {
        if (_user.Credentials.AdminPassword is null)
        {
            var provider = ProviderCatalog.Find(_goal.Provider) ?? ProviderCatalog.Find(ProviderDetector.FromHost(_admin.Endpoint.ShownHost).Provider) ?? ProviderCatalog.All.First(p => p.Iam is not null);
            _report.Emit(new ProofEvent(RequirementId.ProofLogin, ProofState.Skipped, TimeSpan.Zero)
            {
                Case = "no-token",
                Arguments = ProofReport.Arguments(("user", _goal.User), ("command", IamPolicies.TokenCommand(provider, _admin.Endpoint, _goal))),
            });
            return false;
        }

        if (_user.Endpoint.Tls == TlsMode.Disable)
        {
            // The server takes a token as it is typed: without encryption everybody on the way could use it.
            _report.Fail(RequirementId.ProofLogin, 0, RequirementId.Tls, ProofReport.Problem("proof-token-tls", ("user", _goal.User)));
            return false;
        }

        return true;
    }

    private async Task ProveAsync(NpgsqlConnection admin, Inspection inspection, CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofLogin);
        var login = await _inspector.TryOpenAsync(_user, "verify", cancellationToken).ConfigureAwait(false);
        await using (login.ConfigureAwait(false))
        {
            if (login.Connection is not { } user)
            {
                var (key, owner) = ConnectionLimit.ProblemOf(login.Failure!.Case) is { } limit ? (limit, ProofLimits.OwnerOf(limit))
                    : ConnectionFailure.IsOfTheWay(login.Failure.Case) ? ("proof-lost", RequirementId.Reachable)
                    : _goal.Authentication == LoginMethod.Iam ? ("proof-login-token", RequirementId.IamRole)
                    : ("proof-login", RequirementId.User);
                _report.Fail(RequirementId.ProofLogin, started, owner, new Problem(key, With(login.Failure.Arguments, ("user", _goal.User)), login.Failure.Server));
                _report.SkipAfter(RequirementId.ProofLogin);
                return;
            }

            var tls = await BecomeClickPipesAsync(user, cancellationToken).ConfigureAwait(false);
            _report.Pass(RequirementId.ProofLogin, started, ("user", _goal.User), ("tls", tls ?? "–"));
            if (await ProveReplicationAsync(cancellationToken).ConfigureAwait(false) is not { } session)
            {
                _report.SkipAfter(RequirementId.ProofReplication);
                return;
            }

            await using (session.ConfigureAwait(false))
            {
                var reading = new ReadingProof(user, ct => _inspector.TryOpenAsync(_user, "verify", ct), _goal, _report);
                var stream = new StreamProof(admin, session, _goal, _slotName, _report, _redactor, _time);
                if (!await reading.ProveReadAsync(inspection, cancellationToken).ConfigureAwait(false))
                {
                    _report.SkipAfter(RequirementId.ProofRead);
                }
                else if (!await reading.ProvePublicationAsync(inspection, cancellationToken).ConfigureAwait(false))
                {
                    _report.SkipAfter(RequirementId.ProofPublication);
                }
                else if (await stream.ProveSlotAsync(inspection.Snapshot!.Server.InRecovery, cancellationToken).ConfigureAwait(false) is not { } slot)
                {
                    _report.SkipAfter(RequirementId.ProofSlot);
                }
                else
                {
                    await stream.ProveChangeAsync(slot, inspection, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<ReplicationSession?> ProveReplicationAsync(CancellationToken cancellationToken)
    {
        var started = _report.Begin(RequirementId.ProofReplication);
        ReplicationSession? session = null;
        try
        {
            session = await ReplicationSession.OpenAsync(_user, "verify", TemporarySlot.SessionOptions, TemporarySlot.CommandLimit, _time, cancellationToken).ConfigureAwait(false);
            var system = await session.Connection.IdentifySystem(cancellationToken).ConfigureAwait(false);
            _report.Pass(RequirementId.ProofReplication, started, ("position", system.XLogPos.ToString()));
            return session;
        }
        catch (Exception e) when (ProofQueries.IsFailure(e, cancellationToken))
        {
            if (session is not null)
            {
                await session.DisposeAsync().ConfigureAwait(false);
            }

            var limit = ConnectionLimit.ProblemOf(e);

            // The log-in went well a moment ago: the same token is refused for replication alone.
            var token = _goal.Authentication == LoginMethod.Iam
                && e is PostgresException { SqlState: PostgresErrorCodes.InvalidAuthorizationSpecification or PostgresErrorCodes.InvalidPassword };
            _report.FailBy(
                e,
                RequirementId.ProofReplication,
                started,
                limit is not null ? ProofLimits.OwnerOf(limit) : token ? RequirementId.IamReplication : RequirementId.ReplicationPrivilege,
                limit ?? (token ? "proof-replication-token" : "proof-replication"),
                ProofLimits.Arguments(_user, _goal));
            return null;
        }
    }

    /// <summary>The server drops the slot a moment after it has told the client that its session is over: who stopped the proof finds nothing of it.</summary>
    private async Task WaitUntilGoneAsync(NpgsqlConnection admin)
    {
        try
        {
            await TemporarySlot.HasGoneAsync(admin, _user, _slotName, _time).ConfigureAwait(false);
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            // Nobody can be asked any more; the slot goes with its session.
        }
    }

    private async Task CheckCleanAsync(NpgsqlConnection admin)
    {
        var started = _report.Begin(RequirementId.ProofClean);
        try
        {
            if (await TemporarySlot.HasGoneAsync(admin, _user, _slotName, _time).ConfigureAwait(false))
            {
                _report.Pass(RequirementId.ProofClean, started);
            }
            else
            {
                _report.Fail(RequirementId.ProofClean, started, RequirementId.ReplicationSlots, ProofReport.Problem("proof-left-behind", ("slot", _slotName), ("user", _goal.User)));
            }
        }
        catch (Exception e) when (ConnectionErrors.IsOfEndedSession(e))
        {
            _report.FailBy(e, RequirementId.ProofClean, started, RequirementId.Reachable, "proof-failed");
        }
    }

    /// <summary>ClickPipes asks for UTF-8, of a database without an encoding, too: what the server cannot hand over so has to fail here as it does there. Gives the TLS version.</summary>
    private static async Task<string?> BecomeClickPipesAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var command = new NpgsqlCommand("SET client_encoding TO 'UTF8'; SELECT version FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid() AND ssl", connection);
        await using (command.ConfigureAwait(false))
        {
            return await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false) as string;
        }
    }

    private static Dictionary<string, object?> With(IReadOnlyDictionary<string, object?> arguments, params (string Name, object? Value)[] more)
    {
        var all = new Dictionary<string, object?>(arguments, StringComparer.Ordinal);
        foreach (var (name, value) in more)
        {
            all[name] = value;
        }

        return all;
    }
}
