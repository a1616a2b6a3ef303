using SetupWizard.Core.Audit;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Engine;

/// <summary>A set-up: what one ClickPipe reads with and from.</summary>
internal sealed record SetUp(string User, string Publication)
{
    public static SetUp Of(SetupGoal goal) => new(goal.User, goal.Publication);

    public static SetUp Of(AuditEntry entry) => new(entry.User, entry.Publication);

    public override string ToString() => User + " / " + Publication;
}

/// <summary>
/// Which lines of the record an undo of one set-up is about. What only this set-up uses is its own, whoever made it; what another one that is in effect uses, too, stays
/// for that one's undo: the user of two publications, a parameter, the administrator's membership in an owner.
/// </summary>
internal sealed class UndoScope
{
    private readonly SetUp _own;
    private readonly bool _all;

    /// <summary>
    /// Set-ups in effect: not taken back since they were last applied, with a user and a publication that are there, whoever made these. What is left of another one, somebody else uses.
    /// </summary>
    private readonly HashSet<SetUp> _inEffect;

    /// <param name="own">The set-up that is asked for.</param>
    /// <param name="all">Whether everything is.</param>
    /// <param name="trail">What the record says.</param>
    /// <param name="facts">What is there.</param>
    public UndoScope(SetUp own, bool all, AuditStanding trail, UndoFacts facts)
    {
        _own = own;
        _all = all;

        // By its last run, as a whole: a run that applies may take one thing back itself.
        var ended = trail.Happened.GroupBy(SetUp.Of)
            .Where(static s => s.GroupBy(static e => e.Run, StringComparer.Ordinal).Last().All(static e => e.Undoing)).Select(static s => s.Key).ToHashSet();

        _inEffect =
        [
            .. trail.Standing.Where(static e => e is { Undo: not null } && e.Kind != SqlChange.ReloadKind).GroupBy(SetUp.Of)
                .Where(s => !ended.Contains(s.Key) && facts.MayHave("user", s.Key.User) && facts.MayHave("publication", s.Key.Publication) && s.Any(facts.MayStand))
                .Select(static s => s.Key),
        ];
    }

    /// <summary>Other set-ups that keep this line from being taken back; null where it may be. An empty list: it is theirs alone.</summary>
    public IReadOnlyList<SetUp>? Others(AuditEntry entry)
    {
        if (_all)
        {
            return null;
        }

        var others = Users(entry).Where(s => s != _own).ToList();
        return others.Count > 0 ? (MayBelong(entry) ? others : []) : MayBelong(entry) ? null : [];
    }

    /// <summary>Whether a line may be about what is asked for: made for it, used by it, or made for a set-up that is no more.</summary>
    public bool MayBelong(AuditEntry entry) =>
        _all || SetUp.Of(entry) == _own || Users(entry).Contains(_own) || (!HasOwner(entry) && !_inEffect.Contains(SetUp.Of(entry)));

    /// <summary>Why there is nothing to go by, or only for a part; null when there is.</summary>
    public Problem? Unrecorded(AuditRecord record)
    {
        var known = record.Entries.Select(SetUp.Of).Distinct().ToList();
        var here = _all ? known.Count > 0 : known.Contains(_own);
        var elsewhere = _all ? record.OfAnother.Count > 0 : record.OfAnother.Contains((_own.User, _own.Publication));
        return (here, elsewhere) switch
        {
            (true, false) => null,
            (_, true) => new Problem(here ? "undo-partly-other-database" : "undo-other-database", Verdicts.Args(("user", _own.User), ("publication", _own.Publication))),
            _ when known.Count == 0 => new Problem("undo-no-record", Verdicts.Args()),
            _ => new Problem("undo-other-setups", Verdicts.Args(("user", _own.User), ("publication", _own.Publication), ("count", known.Count), ("setups", NameList.Of(known.Select(static s => s.ToString()), 5)))),
        };
    }

    /// <summary>Whether a line is about a user or a publication, and so about the set-ups of these.</summary>
    private static bool HasOwner(AuditEntry entry) => UndoPlanner.Argument(entry, "user").Length > 0 || UndoPlanner.Argument(entry, "publication").Length > 0;

    /// <summary>Set-ups in effect that use what a line changed.</summary>
    private IEnumerable<SetUp> Users(AuditEntry entry)
    {
        var (user, publication) = (UndoPlanner.Argument(entry, "user"), UndoPlanner.Argument(entry, "publication"));
        return _inEffect.Where(s => publication.Length > 0 ? s.Publication == publication
            : user.Length > 0 ? s.User == user
            : !UndoPlanner.IsIdentity(entry) || s == SetUp.Of(entry));
    }
}
