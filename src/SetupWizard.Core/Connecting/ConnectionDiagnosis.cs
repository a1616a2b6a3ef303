using System.Globalization;
using System.Net;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// Opens a source stage by stage, so that a failure names its own stage: open the tunnel when there is one, resolve the name, reach the port, start TLS, log in, read.
/// Name, port and TLS run on a connection of their own that never logs in; the last two are the real thing.
/// Never throws for what a network or a server can do.
/// </summary>
public sealed class ConnectionDiagnosis
{
    private const int ShownDatabases = 8;

    private readonly SetupTarget _target;
    private readonly StageTracker _stages;
    private readonly TimeProvider _time;

    private ConnectionDiagnosis(SetupTarget target, IProgress<StageResult>? progress, TimeProvider time)
    {
        _target = target;
        _time = time;
        _stages = new StageTracker(progress, time, target.Endpoint.Ssh is not null);
    }

    /// <summary>Runs all stages.</summary>
    /// <param name="target">The source.</param>
    /// <param name="read">Reads and judges the opened source: the last stage.</param>
    /// <param name="progress">Receives each stage as it changes.</param>
    /// <param name="time">The clock that times the stages, and by which those before log-in run out of time.</param>
    /// <param name="cancellationToken">Stops within a moment, whatever the network does.</param>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    public static Task<ConnectReport> RunAsync(
        SetupTarget target,
        Func<OpenedSource, CancellationToken, Task<Inspection>> read,
        IProgress<StageResult>? progress,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(read);
        return new ConnectionDiagnosis(target, progress, time).RunAsync(read, cancellationToken);
    }

    /// <summary>What an exception of opening or reading means; no I/O.</summary>
    public static Finding Classify(Exception exception, SetupTarget target) => ConnectionFailure.Classify(exception, target);

    /// <summary>The verdict SW105 that a host name alone gives, before any connection: it is a pooler's or a proxy's. Null for every other name.</summary>
    public static Finding? PoolerByName(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);

        // A port alone proves nothing: a server may listen on 6432 itself.
        if (ProviderCatalog.PoolerAt(endpoint) is not { Host: not null } pooler)
        {
            return null;
        }

        var direct = ProviderCatalog.DirectEndpoint(endpoint, pooler);
        return new Finding
        {
            Id = RequirementId.DirectConnection,
            Area = Area.Connect,
            State = FindingState.Blocking,
            Case = direct is null ? "pooler" : "pooler-known",
            Actual = pooler.Name,
            Desired = "direct",
            Arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
            {
                ["host"] = endpoint.Host,
                ["pooler"] = pooler.Name,
                ["direct"] = direct?.Host ?? "",
                ["port"] = (direct?.Port ?? pooler.DirectPort).ToString(CultureInfo.InvariantCulture),
            },
        };
    }

    /// <summary>The endpoint to try instead of a pooler's, when it can be told.</summary>
    public static EndpointProposal? DirectProposal(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return ProviderCatalog.PoolerAt(endpoint) is { } pooler && ProviderCatalog.DirectEndpoint(endpoint, pooler) is { } direct && direct != endpoint
            ? new EndpointProposal("use-direct-host", direct)
            : null;
    }

    private async Task<ConnectReport> RunAsync(Func<OpenedSource, CancellationToken, Task<Inspection>> read, CancellationToken cancellationToken)
    {
        if (PoolerByName(_target.Endpoint) is { } pooler)
        {
            return Report(pooler, Direct());
        }

        CertificateFacts? certificate = null;
        try
        {
            if (SourceConnector.TunnelOf(_target) is { } tunnel)
            {
                _stages.Start(ConnectStage.Tunnel);
                await tunnel.OpenAsync(cancellationToken).ConfigureAwait(false);
                _stages.Pass(ConnectStage.Tunnel, _target.Endpoint.Ssh!.Address);
            }

            using (var probe = new NetworkProbe(_target, _stages, _time))
            {
                var failure = await probe.RunAsync(cancellationToken).ConfigureAwait(false);
                certificate = probe.Certificate;
                if (failure is not null)
                {
                    return Report(failure, Proposals(failure, probe.Address), certificate);
                }
            }

            _stages.Start(ConnectStage.LogIn);
            var source = await SourceConnector.OpenAsync(_target, "connect", cancellationToken).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
            {
                _stages.Pass(ConnectStage.LogIn, source.Connection.ServerVersion);
                _stages.Start(ConnectStage.Read);
                var inspection = await read(source, cancellationToken).ConfigureAwait(false);
                _stages.Pass(ConnectStage.Read, inspection.Snapshot?.Tables.Count.ToString(CultureInfo.InvariantCulture));
                return Succeeded(inspection, source.Certificate);
            }
        }
        catch (Exception exception) when (IsExpected(exception))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var finding = Classify(exception, _target);
            _stages.Fail(exception is SshTunnelException { Case: "ssh-forward-refused" } ? ConnectStage.Tunnel : _stages.Current, finding.Case);
            var proposals = Proposals(finding, null);
            if (finding.Case == "unknown-database-unlisted")
            {
                var databases = await DatabaseList.ReadAsync(_target, cancellationToken).ConfigureAwait(false);
                finding = WithDatabases(finding, databases);
                proposals = [.. databases.Where(static d => EndpointRules.NameProblem(d) is null).Take(ShownDatabases).Select(d => new EndpointProposal("use-database", _target.Endpoint with { Database = d })), .. proposals];
            }

            return Report(finding, proposals, certificate);
        }
    }

    private static bool IsExpected(Exception exception) => ConnectionErrors.IsExpected(exception) || exception is ObjectDisposedException;

    private ConnectReport Succeeded(Inspection inspection, CertificateFacts? certificate)
    {
        var ok = inspection.Findings.FirstOrDefault(f => f.Id == RequirementId.Reachable) ?? new Finding
        {
            Id = RequirementId.Reachable,
            Area = Area.Connect,
            State = FindingState.Satisfied,
            Case = "ok",
        };
        return Report(ok, inspection.Snapshot is { Server.BehindPooler: true } ? Direct() : [], certificate) with { Inspection = inspection };
    }

    private static Finding WithDatabases(Finding finding, IReadOnlyList<string> databases) => finding with
    {
        Case = databases.Count > 0 ? "unknown-database" : finding.Case,
        Arguments = new Dictionary<string, object?>(finding.Arguments, StringComparer.Ordinal)
        {
            ["databases"] = string.Join(", ", databases.Take(ShownDatabases)),
        },
    };

    private List<EndpointProposal> Direct() => DirectProposal(_target.Endpoint) is { } direct ? [direct] : [];

    private List<EndpointProposal> Proposals(Finding failure, IPAddress? address)
    {
        var endpoint = _target.Endpoint;
        switch (failure.Case)
        {
            case "ssh-host-key-unknown" when endpoint.Ssh is { } ssh && failure.Arguments.GetValueOrDefault("fingerprint") is string fingerprint:
                return [new("trust-host-key", endpoint with { Ssh = ssh with { HostKey = fingerprint } })];
            case "tls-required" or "rejected-no-tls":
                return [new("turn-tls-on", endpoint with { Tls = TlsMode.VerifyFull })];
            case "certificate-untrusted":
                return [new("encrypt-only", endpoint with { Tls = TlsMode.Require })];
            case "tls-refused" when address is not null && IPAddress.IsLoopback(address):
                // Nobody listens on the way from a machine to itself.
                return [new("turn-tls-off", endpoint with { Tls = TlsMode.Disable })];
            case "other" or "tls-refused" or "closed-at-once" or "unknown-database-unlisted" or "password":
                return Direct();
            default:
                return [];
        }
    }

    private ConnectReport Report(Finding verdict, IReadOnlyList<EndpointProposal> proposals, CertificateFacts? certificate = null) => new()
    {
        Stages = _stages.All,
        Verdict = verdict,
        Proposals = proposals,
        Certificate = certificate,
    };
}
