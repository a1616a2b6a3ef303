using SetupWizard.Core.Audit;

namespace SetupWizard.Web.Tests.Support;

/// <summary>A record of changes in memory.</summary>
public sealed class FakeAudit : IAuditLog
{
    public List<AuditEntry> Entries { get; } = [];

    public Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        Entries.AddRange(entries);
        return Task.CompletedTask;
    }

    public string? Trouble { get; set; }

    public Task<string?> TroubleAsync(CancellationToken cancellationToken) => Task.FromResult(Trouble);

    public Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken) =>
        Task.FromResult(new AuditRecord([.. Entries.Where(e => about?.Has(e) != false)], null));
}
