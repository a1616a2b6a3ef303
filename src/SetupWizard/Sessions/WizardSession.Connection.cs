using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Sessions;

/// <content>The way to the source: where it is, who logs in, and the attempt to get there.</content>
public sealed partial class WizardSession
{
    private readonly List<SshTunnel> _tunnels = [];
    private SshTunnel? _tunnel;
    private CancellationTokenSource? _connecting;

    /// <summary>Where the source is, as last typed; null before.</summary>
    public SourceEndpoint? Endpoint { get; private set; }

    public SourceCredentials? Credentials { get; private set; }

    /// <summary>What the engine takes; null until an endpoint and a login are known.</summary>
    public SetupTarget? Target => Endpoint is { } endpoint && Credentials is { } credentials ? new SetupTarget(endpoint, credentials) { Tunnel = _tunnel } : null;

    /// <summary>What was typed on the Connect page.</summary>
    public ConnectDraft Draft { get; private set; } = new();

    /// <summary>The last attempt to connect, finished or not.</summary>
    public ConnectAttempt? Attempt { get; private set; }

    public bool Connecting => Attempt is { Report: null, Cancelled: false };

    /// <summary>Whether the last attempt opened and read the source.</summary>
    public bool Connected => Attempt?.Report?.Succeeded == true;

    /// <summary>Whether the password of the ClickPipes user was made here.</summary>
    public bool PasswordGenerated { get; private set; }

    /// <summary>Remembers the ClickPipes user's password, in memory.</summary>
    public void SetClickPipesPassword(SecretString? password, bool generated = false)
    {
        Touch();
        PasswordGenerated = generated;
        if (Credentials is { } credentials)
        {
            Credentials = credentials with { ClickPipesPassword = password };
            Raise();
        }
    }

    /// <summary>Opens the source and reads it. A new attempt cancels the one under way.</summary>
    public async Task ConnectAsync(SourceEndpoint endpoint, string adminUser, SecretString? adminPassword, SshCredentials? ssh = null)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (Closed)
        {
            return;
        }

        Touch();
        Notice = SessionNotice.None;
        var goal = Goal;
        var another = Endpoint is null || Endpoint.Host != endpoint.Host || Endpoint.Port != endpoint.Port || Endpoint.Database != endpoint.Database || Endpoint.Ssh?.Host != endpoint.Ssh?.Host;
        if (another)
        {
            Inspection = null;
            CheckedAt = null;
            Proof = null;
            UndoPlan = null;
            FreeDiskBytes = null;
            ForgetFeed();
            Before = null;
            Story.Clear();
            Run = Run is { IsRunning: true } ? Run : null;
        }

        if (another || !Connected)
        {
            FindDraft(endpoint);
        }

        Endpoint = endpoint;
        Credentials = new SourceCredentials(adminUser, adminPassword, Credentials?.ClickPipesPassword, ssh);
        var stop = Renew(ref _connecting);
        if (another && endpoint.Ssh is not null && Goal.Network == NetworkPath.Public)
        {
            // Whoever needs a bastion to get there will find that ClickPipes needs one too.
            Goal = Goal with { Network = NetworkPath.Ssh };
        }

        var replaced = RenewTunnel(endpoint, Credentials);
        var attempt = new ConnectAttempt(_time.GetUtcNow(), endpoint.Ssh is not null);
        Attempt = attempt;
        if (another)
        {
            // Until the new source is open nothing is watched, and nothing more is heard of the old one.
            Live.Restart();
            Watch.Clear();
        }

        var target = Target!;
        Raise();
        var progress = new StageProgress(stage =>
        {
            attempt.Record(stage);
            Raise();
        });
        try
        {
            await CloseAsync(replaced);
            var report = await _runner.ConnectAsync(target, Goal, progress, stop.Token);
            if (Attempt != attempt)
            {
                return;
            }

            attempt.Finish(report);
            if (report.Inspection is { Snapshot: not null } inspection)
            {
                Accept(inspection);
            }

            KeepDraft();
            Live.Restart();
            Log.Connected(_log, Id, report.Succeeded, report.Verdict.Case);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            attempt.Cancel();
        }
        finally
        {
            // However it ended: an attempt that never ends would keep the session, and what was typed, for ever.
            if (attempt is { Report: null, Cancelled: false })
            {
                attempt.Cancel();
            }

            if (Attempt == attempt && !Connected)
            {
                LoseDraft(goal);
            }

            Raise();
        }
    }

    /// <summary>Gives up connecting. What was typed stays.</summary>
    public void CancelConnect()
    {
        _connecting?.Cancel();
        Attempt?.Cancel();
        Raise();
    }

    /// <summary>A tunnel of this attempt's own.</summary>
    /// <returns>Those to close: all before it, unless work under way still goes through one; then they end with the session.</returns>
    private SshTunnel[] RenewTunnel(SourceEndpoint endpoint, SourceCredentials credentials)
    {
        SshTunnel[] replaced = Run is { IsRunning: true } || Proof is { IsRunning: true } || Feed is { IsRunning: true } ? [] : TakeTunnels();
        _tunnel = SshTunnel.For(endpoint, credentials, _time);
        if (_tunnel is { } tunnel)
        {
            _tunnels.Add(tunnel);
        }

        return replaced;
    }

    private SshTunnel[] TakeTunnels()
    {
        SshTunnel[] all = [.. _tunnels];
        _tunnels.Clear();
        _tunnel = null;
        return all;
    }

    private static async Task CloseAsync(SshTunnel[] tunnels)
    {
        foreach (var tunnel in tunnels)
        {
            await tunnel.DisposeAsync();
        }
    }

    /// <summary>Reports stages at once and in order; the framework's own Progress would post them to whatever thread is free.</summary>
    private sealed class StageProgress(Action<StageResult> report) : IProgress<StageResult>
    {
        public void Report(StageResult value) => report(value);
    }
}
