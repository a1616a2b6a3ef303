using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Sandboxes;

namespace SetupWizard.Web.Tests.Support;

/// <summary>Sandboxes without a server.</summary>
public sealed class FakeSandboxLauncher : ISandboxLauncher
{
    public string? Refusal { get; set; }

    public List<FakeSandbox> Started { get; } = [];

    public IReadOnlyCollection<string> Providers { get; } = ["amazon-rds", "azure-flexible", "self-managed"];

    public Task<ISandbox> StartAsync(string provider, IProgress<string> progress, CancellationToken cancellationToken)
    {
        progress.Report("starting");
        if (Refusal is not null)
        {
            throw new SandboxUnavailableException(Refusal);
        }

        var sandbox = new FakeSandbox(provider);
        Started.Add(sandbox);
        return Task.FromResult<ISandbox>(sandbox);
    }
}

public sealed class FakeSandbox(string provider) : ISandbox
{
    public string Provider => provider;

    public int Major => 16;

    public SourceEndpoint Endpoint { get; } = Given.Endpoint with { Host = "localhost", Port = 54321 };

    public SourceCredentials Admin { get; } = new("shop_admin", new SecretString("s3cret"));

    /// <summary>Parameters that wait for the reboot.</summary>
    public HashSet<string> Static { get; } = new(StringComparer.Ordinal) { "rds.logical_replication", "wal_level" };

    public HashSet<string> Waiting { get; } = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> WaitingForRestart => Waiting;

    public List<string> Actions { get; } = [];

    public string? Refusal { get; set; }

    public bool Disposed { get; private set; }

    public Task SetParameterAsync(string name, string value, CancellationToken cancellationToken)
    {
        Actions.Add($"{name}={value}");
        if (Refusal is not null)
        {
            throw new SandboxUnavailableException(Refusal);
        }

        if (Static.Contains(name))
        {
            Waiting.Add(name);
        }

        return Task.CompletedTask;
    }

    public Task RebootAsync(CancellationToken cancellationToken)
    {
        Actions.Add("reboot");
        Waiting.Clear();
        return Task.CompletedTask;
    }

    public bool Writes(TableRef table) => table == WrittenTo;

    /// <summary>The table it writes rows to.</summary>
    public TableRef WrittenTo { get; set; } = new("public", "orders");

    public Task<SandboxWrite> WriteAsync(TableRef table, FeedOperationKind kind, long? row, CancellationToken cancellationToken)
    {
        Actions.Add($"{kind} {table} {row}");
        return Refusal is null
            ? Task.FromResult(new SandboxWrite(table, kind, row ?? 77, $"{kind} of a row"))
            : Task.FromException<SandboxWrite>(new SandboxUnavailableException(Refusal));
    }

    public ValueTask DisposeAsync()
    {
        Disposed = true;
        return ValueTask.CompletedTask;
    }
}
