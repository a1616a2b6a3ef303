using Microsoft.Extensions.Logging;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Reading;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>Opens a source, reads it and judges what was read: what everything else of the engine stands on.</summary>
internal sealed class SourceInspector(TimeProvider time, ILogger logger)
{
    /// <summary>Timeout for reconnecting after the connection was lost during an apply, to find out what is in effect.</summary>
    private static readonly TimeSpan s_waitForReturn = TimeSpan.FromSeconds(30);

    /// <summary>Opens the source, reads it and judges; a source that cannot be opened or read gives a reading without facts, with the reason as its finding.</summary>
    public async Task<Inspection> InspectAsync(SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        var attempt = await TryOpenAsync(target, "check", cancellationToken).ConfigureAwait(false);
        await using (attempt.ConfigureAwait(false))
        {
            if (attempt.Source is null)
            {
                return Unread(target, goal, attempt.Failure!);
            }

            try
            {
                return await InspectAsync(attempt.Source, target, goal, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (ConnectionErrors.IsExpected(e))
            {
                return Unread(target, goal, ConnectionDiagnosis.Classify(e, target));
            }
        }
    }

    /// <summary>Opens the source, or says why it cannot be opened.</summary>
    public async Task<OpenAttempt> TryOpenAsync(SetupTarget target, string purpose, CancellationToken cancellationToken)
    {
        try
        {
            return new OpenAttempt(await SourceConnector.OpenAsync(target, purpose, cancellationToken).ConfigureAwait(false), null);
        }
        catch (Exception e) when (ConnectionErrors.IsExpected(e) || e is ArgumentException)
        {
            var failure = ConnectionDiagnosis.Classify(e, target);
            Log.ConnectFailed(logger, target.Endpoint.Identity, failure.Case);
            return new OpenAttempt(null, failure);
        }
    }

    /// <summary>Reads and judges over an open session.</summary>
    public async Task<Inspection> InspectAsync(OpenedSource source, SetupTarget target, SetupGoal goal, CancellationToken cancellationToken)
    {
        var (snapshot, cost) = await SnapshotReader.ReadAsync(source, goal, cancellationToken).ConfigureAwait(false);
        Log.SnapshotRead(logger, target.Endpoint.Identity, snapshot.Tables.Count, cost.RoundTrips, (long)cost.Elapsed.TotalMilliseconds);
        return Judge(snapshot, target.Endpoint, goal, cost);
    }

    /// <summary>Reads the server with retries until it answers or the timeout has passed.</summary>
    public async Task<Inspection> InspectWhenBackAsync(SetupTarget target, SetupGoal goal)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            var inspection = await InspectAsync(target, goal, CancellationToken.None).ConfigureAwait(false);
            if (inspection.Snapshot is not null || time.GetElapsedTime(started) > s_waitForReturn)
            {
                return inspection;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), time, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <summary>The parameters to be watched: what rules look at that changes outside.</summary>
    public static IReadOnlyList<string> WatchedSettings(SetupGoal goal, SetupTarget target)
    {
        // The provider's own switch, or all of them while the provider is not known: there are few, and one that does not exist costs nothing. Providers share some.
        var provider = ProviderCatalog.Find(goal.Provider ?? ProviderDetector.FromHost(target.Endpoint.ShownHost).Provider);
        var switches = (provider is null ? ProviderCatalog.All : [provider]).Select(p => p.ReplicationSwitch).OfType<string>();
        return [.. SettingNames.Watched, .. switches.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Judges facts by a goal.</summary>
    public Inspection Judge(SourceSnapshot snapshot, SourceEndpoint endpoint, SetupGoal goal, ReadCost cost)
    {
        var detection = ProviderDetector.Detect(endpoint.ShownHost, snapshot);
        var provider = (goal.Provider is null ? null : ProviderCatalog.Find(goal.Provider))
            ?? (detection.Provider is null ? null : ProviderCatalog.Find(detection.Provider))
            ?? ProviderCatalog.Default;
        var tables = TableSelector.Resolve(goal, snapshot);
        var context = new RequirementContext(goal, snapshot, provider, detection, endpoint, tables);
        var reached = new Finding { Id = RequirementId.Reachable, Area = Area.Connect, State = FindingState.Satisfied, Case = "ok" };
        return new Inspection
        {
            Goal = goal,
            Endpoint = endpoint,
            Snapshot = snapshot,
            Provider = provider,
            Detection = detection,
            Findings = [reached, .. RequirementEvaluator.Evaluate(RequirementCatalog.All, context, logger)],
            Tables = tables,
            Cost = cost,
        };
    }

    /// <summary>The inspection of a source that could not be read.</summary>
    /// <param name="target">The source.</param>
    /// <param name="goal">What is wanted.</param>
    /// <param name="failure">Why not; null when nobody came to reading it.</param>
    public static Inspection Unread(SetupTarget target, SetupGoal goal, Finding? failure)
    {
        var detection = ProviderDetector.FromHost(target.Endpoint.ShownHost);
        return new Inspection
        {
            Goal = goal,
            Endpoint = target.Endpoint,
            Provider = ProviderCatalog.Find(goal.Provider ?? detection.Provider ?? "") ?? ProviderCatalog.Default,
            Detection = detection,
            Findings = failure is null ? [] : [failure],
        };
    }
}
