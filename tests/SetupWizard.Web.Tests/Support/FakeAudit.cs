using SetupWizard.Core.Audit;

namespace SetupWizard.Web.Tests.Support;

/// <summary>A record of changes in memory.</summary>
public sealed class FakeAudit : IAuditLog
{
    public List<AuditEntry> Entries { get; } = [];

    public Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        Entries.Add(entry);
        return Task.CompletedTask;
    }

    public async IAsyncEnumerable<AuditEntry> ReadAsync(string? source, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        foreach (var entry in Entries.Where(e => source is null || e.Source == source))
        {
            yield return entry;
        }
    }
}
