using System.Diagnostics;
using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Server.Tests.Requirements.OnServers;

/// <summary>
/// Does not believe a verdict: what is said to be ready has to be accepted by ClickPipes' own validation, and proved; what the validation
/// refuses has to have been named before. Counts what it compared.
/// </summary>
public sealed class Doubt
{
    private int _accepted;
    private int _refused;
    private int _strict;
    private int _proved;
    private TimeSpan _validating;
    private TimeSpan _proving;

    /// <summary>Compares a reading with what the validation and, if asked for, the proof say now.</summary>
    public async Task CompareAsync(PreparedSource source, Inspection inspection, bool prove = false)
    {
        var named = inspection.Undetermined || inspection.Blocked;
        var started = Stopwatch.GetTimestamp();
        var refusal = await source.Validation(inspection).RefusalAsync();
        _validating += Stopwatch.GetElapsedTime(started);
        Assert.True(named || refusal is null, "Nothing stands in the way, it was said, and ClickPipes refuses: " + refusal);
        if (refusal is not null)
        {
            _refused++;
            return;
        }

        _accepted++;
        if (named)
        {
            // Stricter than the validation, on purpose: rows that would be missed, a slot that could not be made.
            _strict++;
            return;
        }

        // A proof would wait for the transactions that are named, and on a standby for the primary, which a sandbox has not.
        if (prove && !inspection.Snapshot!.Server.InRecovery && inspection.Findings.Single(f => f.Id == RequirementId.OpenTransactions).State == FindingState.Satisfied)
        {
            started = Stopwatch.GetTimestamp();
            var events = await source.VerifyAsync();
            var failed = events.FirstOrDefault(e => e.State == ProofState.Failed);
            Assert.True(failed is null, string.Create(CultureInfo.InvariantCulture, $"Nothing stands in the way, it was said, and {failed?.Id} fails: {failed?.Problem?.Key} {failed?.Problem?.Server?.Text}"));
            Assert.Contains(events, e => e.Id == RequirementId.ProofChange && e.State == ProofState.Passed);
            _proved++;
            _proving += Stopwatch.GetElapsedTime(started);
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{_accepted + _refused} readings compared with ClickPipes' validation: {_refused} refused, each named before; {_accepted} accepted, {_strict} of them held back by a stricter rule; {_proved} proved. That took {_validating.TotalSeconds:F1} s and {_proving.TotalSeconds:F1} s.");
}
