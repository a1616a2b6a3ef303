using SetupWizard.Core.Audit;

namespace SetupWizard.Testing;

/// <summary>An audit that lets a test act at an exact place of an apply: just before a line is written.</summary>
public sealed class HookedAudit : IAuditLog
{
    private readonly List<(AuditEvent Event, int Index, Func<Task> Act)> _hooks = [];
    private IAuditLog? _inner;

    public IAuditLog Around(IAuditLog inner)
    {
        _inner = inner;
        return this;
    }

    /// <summary>Acts once, before the line about the change at <paramref name="index"/>.</summary>
    public void Before(AuditEvent what, int index, Func<Task> act) => _hooks.Add((what, index, act));

    public async Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
        {
            var hook = _hooks.FirstOrDefault(h => h.Event == entry.Event && h.Index == entry.Index);
            if (hook.Act is not null)
            {
                _hooks.Remove(hook);
                await hook.Act();
            }
        }

        await _inner!.AppendAsync(entries, cancellationToken);
    }

    public Task<string?> TroubleAsync(CancellationToken cancellationToken) => _inner!.TroubleAsync(cancellationToken);

    public Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken) => _inner!.ReadAsync(about, cancellationToken);
}
