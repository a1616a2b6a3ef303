using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.HandOff;

/// <summary>How a statement the server needs now differs from the file's.</summary>
public enum PlanMark
{
    /// <summary>The file has it, word for word.</summary>
    Same,

    /// <summary>The file has another statement in its place.</summary>
    Changed,

    /// <summary>Needed now; the file has none for it.</summary>
    Added,

    /// <summary>In the file; not needed now.</summary>
    Missing,
}

/// <summary>Where somebody is, seen from the database a file was made for.</summary>
public enum PlanPlace
{
    /// <summary>There, as far as can be told.</summary>
    Same,

    /// <summary>In a database of another name.</summary>
    OtherDatabase,

    /// <summary>In one of the same name on another server, or that was made anew, restored or upgraded since.</summary>
    OtherServer,
}

/// <summary>One statement of the file, of now, or of both.</summary>
/// <param name="Mark">How they differ.</param>
/// <param name="InFile">The file's; null for <see cref="PlanMark.Added"/>.</param>
/// <param name="Now">The engine's, for this server as it is; null for <see cref="PlanMark.Missing"/>.</param>
public sealed record PlanComparison(PlanMark Mark, PlanStatement? InFile, SqlChange? Now);

/// <summary>Compares a plan for the server's present state with a plan file.</summary>
public static class PlanFileComparison
{
    /// <summary>Every statement of now in its order, then those only the file has.</summary>
    public static IReadOnlyList<PlanComparison> Compare(PlanFile file, SetupPlan now)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(now);
        var changes = now.Changes.Concat(now.Afterwards).ToList();
        var left = file.Statements.ToList();
        var same = new Dictionary<SqlChange, PlanStatement>();
        foreach (var change in changes)
        {
            if (left.Find(s => s.Code == change.For.Code && s.Sql == change.Statement.Display) is { } found)
            {
                left.Remove(found);
                same[change] = found;
            }
        }

        var compared = new List<PlanComparison>();
        foreach (var change in changes)
        {
            if (same.TryGetValue(change, out var twin))
            {
                compared.Add(new PlanComparison(PlanMark.Same, twin, change));
                continue;
            }

            var other = left.Find(s => s.Code == change.For.Code && s.Kind == change.Kind);
            if (other is not null)
            {
                left.Remove(other);
            }

            compared.Add(new PlanComparison(other is null ? PlanMark.Added : PlanMark.Changed, other, change));
        }

        return [.. compared, .. left.Select(s => new PlanComparison(PlanMark.Missing, s, null))];
    }

    /// <summary>
    /// Whether what was read is the database the file was made for. A host may have many names; a database has one, and the server's own account tells it from others of
    /// that name. Where one side does not give that account, the name decides.
    /// </summary>
    public static PlanPlace PlaceOf(PlanFile file, SourceEndpoint endpoint, SourceSnapshot? snapshot)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(endpoint);
        return file.Server.Database != endpoint.Database ? PlanPlace.OtherDatabase
            : file.Server.Identity is { } meant && ServerIdentity.Of(snapshot) is { } here && here != meant ? PlanPlace.OtherServer
            : PlanPlace.Same;
    }
}
