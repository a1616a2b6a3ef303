using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>Before PostgreSQL 14 the proof waits for a transaction of somebody.</summary>
internal static class ProofTraffic
{
    private const int FirstThatSendsItsOwn = 14;

    /// <summary>
    /// What a proof tells, with a transaction that comes by as soon as one is looked for. One is enough: the slot was made before, so it
    /// arrives whenever the stream begins.
    /// </summary>
    public static async Task<List<ProofEvent>> WithTrafficAsync(this IAsyncEnumerable<ProofEvent> proof, PostgresSandbox sandbox, int major, string? database = null)
    {
        var events = new List<ProofEvent>();
        await foreach (var happened in proof)
        {
            events.Add(happened);
            if (major < FirstThatSendsItsOwn && happened.Id == RequirementId.ProofChange && happened.State == ProofState.Running)
            {
                await using var somebody = await sandbox.OpenSuperuserAsync(database, CancellationToken.None);
                await somebody.ExecuteAsync("SELECT pg_logical_emit_message(true, 'traffic', 'x')");
            }
        }

        return events;
    }
}
