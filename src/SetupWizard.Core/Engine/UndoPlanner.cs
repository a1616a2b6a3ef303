using Npgsql;
using SetupWizard.Core.Audit;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>
/// The plan that takes back what the record says is in effect, newest first, as far as the source is still as the wizard left it. What somebody changed since is
/// theirs: it is left, and said.
/// </summary>
internal sealed class UndoPlanner
{
    /// <summary>SELECT on all tables of a schema.</summary>
    public const string GrantInSchema = "grant-select";

    /// <summary>SELECT on tables that are made later.</summary>
    public const string DefaultPrivileges = "default-privileges";

    private const string GrantOnTables = "grant-select-tables";
    private const string GrantOnAllColumns = "grant-select-columns";
    private const string CreateUser = "create-user";
    internal const string CreatePublication = "create-publication";
    private const string Operations = "publication-operations";
    private const string AddTables = "publication-add-tables";
    private const string AddSchemas = "publication-add-schemas";

    /// <summary>Maximum number of tables named in a sentence; the rest is counted.</summary>
    private const int Named = 5;

    /// <summary>Maximum number of tables named by a statement that is part of a sentence.</summary>
    private const int NamedInStatement = 20;

    private readonly Inspection _inspection;
    private readonly IReadOnlyList<AuditEntry> _standing;
    private readonly UndoFacts _facts;
    private readonly UndoScope _scope;

    /// <summary>Publications that the record knows, and the one that is asked for: no other installation's.</summary>
    private readonly HashSet<string> _recorded;
    private readonly List<SqlChange> _changes = [];
    private readonly HashSet<string> _keys = new(StringComparer.Ordinal);
    private readonly List<LeftAlone> _left = [];

    /// <summary>New names of things that were found renamed.</summary>
    private readonly HashSet<string> _renamed = new(StringComparer.Ordinal);

    /// <summary>Row identities that are taken back.</summary>
    private readonly List<(SqlChange Change, FoundTable Table, LeftState State)> _identities = [];

    /// <summary>Tables and schemas that are taken out of a publication, and publications that send neither UPDATE nor DELETE any more.</summary>
    private readonly HashSet<TablePublisher> _silenced = [];

    /// <summary>Tables that SELECT is taken back on.</summary>
    private readonly HashSet<(string User, long Oid)> _revoked = [];

    /// <summary>Owners whose default privileges are taken back, by schema: what their tables since got by them goes along.</summary>
    private readonly HashSet<(string User, string Schema, string Owner)> _defaults = [];

    private UndoPlanner(Inspection inspection, UndoRequest request, IReadOnlyList<AuditEntry> entries, AuditStanding trail, IReadOnlyList<AuditEntry> newestFirst, UndoFacts facts)
    {
        _inspection = inspection;
        _standing = newestFirst;
        _facts = facts;
        _recorded = [.. entries.Select(static e => e.Publication).Where(static p => p.Length > 0), inspection.Goal.Publication];
        _scope = new UndoScope(SetUp.Of(inspection.Goal), request.All, trail, facts);
    }

    /// <summary>Makes the plan.</summary>
    /// <param name="audit">The record.</param>
    /// <param name="inspection">A reading of the source.</param>
    /// <param name="request">What is asked for beyond the set-up of the goal.</param>
    /// <param name="connection">An open session; null when there is none. Nothing is looked at then, and the plan will be found stale before it runs.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    public static async Task<SetupPlan> PlanAsync(IAuditLog audit, Inspection inspection, UndoRequest request, NpgsqlConnection? connection, CancellationToken cancellationToken)
    {
        AuditRecord record;
        try
        {
            record = await audit.ReadAsync(AuditSource.Of(inspection.Endpoint, inspection.Snapshot), cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return Refused("undo-record-unreadable", ("reason", e.Message));
        }

        if (record.Damage is { } damage)
        {
            return Refused(damage.Line is null ? "undo-record-short" : "undo-record-changed", ("path", damage.Path), ("line", damage.Line));
        }

        var open = AuditTrail.Open(record.Entries);
        var fates = connection is null ? new Dictionary<string, TransactionFate>(StringComparer.Ordinal) : await TransactionFates.ReadAsync(connection, open, cancellationToken).ConfigureAwait(false);
        var trail = AuditTrail.Of(record.Entries, fates);

        // A reload comes behind what it brings in, here as there.
        List<AuditEntry> newestFirst = [.. trail.Standing.AsEnumerable().Reverse().Where(static e => e.Undo is not null).OrderBy(static e => e.Kind == SqlChange.ReloadKind)];
        if (newestFirst.Find(static e => !PlanSql.IsUndoOfTheWizard(e)) is { } strange)
        {
            return Refused("undo-record-strange", ("statement", strange.Undo));
        }

        var facts = connection is null || newestFirst.Count == 0 ? UndoFacts.None : await UndoFacts.ReadAsync(connection, newestFirst, cancellationToken).ConfigureAwait(false);
        var planner = new UndoPlanner(inspection, request, record.Entries, trail, newestFirst, facts);
        planner.Plan();
        var undecided = trail.Undecided.Where(planner._scope.MayBelong).ToList();
        return Planner.Undo(inspection.Goal, inspection.Provider.Id, request, planner._changes, planner._left) with
        {
            Unrecorded = planner._scope.Unrecorded(record) is { } unrecorded && inspection.Snapshot is null
                ? new Problem("undo-unread", Verdicts.Args(("host", inspection.Endpoint.ShownHost)))
                : planner._scope.Unrecorded(record),
            Obstacles = undecided.Count == 0
                ? []
                : [new Problem("undo-undecided", Verdicts.Args(("count", undecided.Count), ("statements", NameList.Of(undecided.Select(static e => e.Sql), Named))))],
        };

        SetupPlan Refused(string key, params (string Name, object? Value)[] arguments) =>
            Planner.Undo(inspection.Goal, inspection.Provider.Id, request, [], []) with { Obstacles = [new Problem(key, Verdicts.Args(arguments))] };
    }

    /// <summary>A value of a line's title; empty when it has none.</summary>
    internal static string Argument(AuditEntry entry, string name) => entry.Arguments?.GetValueOrDefault(name) ?? "";

    private void Plan()
    {
        // What the facts of now ask for again was taken back by somebody else. Lines of versions that kept no states have nothing else to go by.
        var plan = Planner.Plan(_inspection, only: null);
        var needed = plan.Changes.Concat(plan.Waiting.Select(static w => w.Change)).Select(static c => c.Key).ToHashSet(StringComparer.Ordinal);
        _defaults.UnionWith(_standing
            .Where(e => e is { Kind: DefaultPrivileges, Leaves: { } state } && _facts.TryStateOf(state, out var now) && now == state.After)
            .Select(static e => (Argument(e, "user"), Argument(e, "schema"), Argument(e, "owner"))));
        foreach (var entry in _standing)
        {
            if (!IsOurs(entry))
            {
                continue;
            }

            switch (entry.Leaves)
            {
                case { Template: not null } state when _facts.Read:
                    TableByTable(entry, state);
                    break;
                case { Template: null } state when _facts.Read:
                    Whole(entry, state);
                    break;
                default:
                    if (!needed.Contains(SqlChange.KeyOf(entry.Code, entry.Sql)) && (entry.Kind != SqlChange.ReloadKind || _changes.Exists(static c => c.Phase == ChangePhase.Parameters)))
                    {
                        Take(AuditTrail.UndoOf(entry));
                    }

                    break;
            }
        }

        RevokeOnTablesMadeSince();
        LeaveIdentitiesInUse();
        ForgetWhatGoesAlong();

        PublishBeforeIdentities();
    }

    /// <summary>Whether it is this undo's to take back: of a set-up that is asked for, and of the very thing that was changed then.</summary>
    private bool IsOurs(AuditEntry entry)
    {
        if (_scope.Others(entry) is { } others)
        {
            if (others.Count > 0 && _scope.MayBelong(entry) && _facts.MayStand(entry))
            {
                Leave(AuditTrail.UndoOf(entry), "undo-left-shared", ("count", others.Count), ("setups", NameList.Of(others.Select(static s => s.ToString()), Named)));
            }

            return false;
        }

        switch (_facts.HolderOf(entry))
        {
            case (NameHolder.Renamed, var name, var now):
                // Once for each thing: what else the record has about it is no more to be had by name either.
                if (_renamed.Add(now))
                {
                    Leave(AuditTrail.UndoOf(entry), "undo-left-renamed", ("name", name), ("now", now));
                }

                return false;
            case (NameHolder.Another, var name, _):
                // What was made here is gone. Where the name is of what was made here later, that has a line of its own.
                if (entry.Kind is CreateUser or CreatePublication && !_standing.Any(e => e.Kind == entry.Kind && _facts.HolderOf(e).Holder == NameHolder.Same && Argument(e, "user") == Argument(entry, "user") && Argument(e, "publication") == Argument(entry, "publication")))
                {
                    Leave(AuditTrail.UndoOf(entry), "undo-left-another", ("name", name));
                }

                return false;
            default:
                return true;
        }
    }

    /// <summary>What publishes goes before what identifies rows, whichever was made first: in between, and for good where something fails then, UPDATE would fail.</summary>
    private void PublishBeforeIdentities()
    {
        if (_changes.FindIndex(static c => c.Kind is AuditTrail.UndoPrefix + IdentityChanges.ToFull or AuditTrail.UndoPrefix + IdentityChanges.ToIndex) is >= 0 and var first)
        {
            var publishing = _changes.Skip(first).Where(static c => c.Kind is AuditTrail.UndoPrefix + CreatePublication or AuditTrail.UndoPrefix + AddTables or AuditTrail.UndoPrefix + AddSchemas).ToList();
            _changes.RemoveAll(publishing.Contains);
            _changes.InsertRange(first, publishing);
        }
    }

    /// <summary>What a publication sends no more once a change of it as a whole is taken back.</summary>
    private void Silence(AuditEntry entry, LeftState state)
    {
        var publication = Argument(entry, "publication");
        if (entry.Kind == AddSchemas)
        {
            _silenced.UnionWith(state.Schemas.Select(s => new TablePublisher(publication, null, s)));
        }
        else if (entry.Kind == CreatePublication || (entry.Kind == Operations && state.Before is { } before && !before.Contains("update", StringComparison.Ordinal) && !before.Contains("delete", StringComparison.Ordinal)))
        {
            _silenced.Add(new TablePublisher(publication, null, null));
        }
    }

    /// <summary>An identity that a publication needs which stays, whoever made that, is not taken away: the application's UPDATE and DELETE would fail.</summary>
    private void LeaveIdentitiesInUse()
    {
        foreach (var (change, table, state) in _identities)
        {
            if (_facts.LacksIndex(table, state.Before))
            {
                _changes.Remove(change);
                Leave(change, "undo-left-index", ("table", table.Ref.ToString()), ("now", state.After), ("before", state.Before));
                continue;
            }

            if (_facts.WhyNoPublishers is { } reason)
            {
                _changes.Remove(change);
                Leave(change, "undo-left-unread", ("reason", reason));
                continue;
            }

            var staying = _facts.PublishersOf(table)
                .Where(p => !_silenced.Contains(p) && !_silenced.Contains(new TablePublisher(p.Publication, null, null)))
                .Select(static p => p.Publication).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            if (staying.Count > 0 && (!_facts.CanHave(table, state.Before) || staying.Exists(p => _facts.MayNeed(table, p, state.After))))
            {
                _changes.Remove(change);
                Leave(change, "undo-left-identity", ("table", table.Ref.ToString()), ("count", staying.Count), ("publications", Names(staying)), ("now", state.After), ("before", state.Before));
            }
        }
    }

    /// <summary>Takes a change back as a whole, or leaves it.</summary>
    private void Whole(AuditEntry entry, LeftState state)
    {
        if (!_facts.TryStateOf(state, out var now))
        {
            Leave(AuditTrail.UndoOf(entry), "undo-left-unread", ("reason", _facts.WhyNot(state)));
        }
        else if (now == state.After)
        {
            if (entry.Kind == CreatePublication && _facts.WhyNoMembers is { } reason)
            {
                Leave(AuditTrail.UndoOf(entry), "undo-left-unread", ("reason", reason));
                return;
            }

            if (entry.Kind == CreatePublication && Foreign(Argument(entry, "publication")) is { Count: > 0 } foreign)
            {
                Leave(AuditTrail.UndoOf(entry), "undo-left-publication", ("publication", Argument(entry, "publication")), ("count", foreign.Count), ("members", Names(foreign)));
                return;
            }

            var over = entry.Kind == OwnerChanges.Kind ? _facts.PublicationsOver(entry).Except(_recorded, StringComparer.Ordinal).ToList() : [];
            if (over.Count > 0)
            {
                Leave(AuditTrail.UndoOf(entry), "undo-left-membership", ("owner", Argument(entry, "owner")), ("admin", Argument(entry, "admin")), ("count", over.Count), ("publications", Names(over)));
                return;
            }

            _facts.Restore(state);
            Silence(entry, state);
            var same = Conditions.StillNamed(entry.Oids, entry.Arguments);
            Take(AuditTrail.UndoOf(entry) with
            {
                NeededWhen = state.Stands + same,
                KeptWhile = entry.Kind switch
                {
                    OwnerChanges.Kind => $"EXISTS (SELECT {Conditions.PublicationsOf(Major, Argument(entry, "owner"), Argument(entry, "admin"), _recorded)})",
                    CreatePublication => ListsMore(Argument(entry, "publication")),
                    _ => null,
                },
            });
        }
        else if (now is not null && now != state.Before)
        {
            Leave(AuditTrail.UndoOf(entry), state.After is null or LeftStates.None ? "undo-left-set" : "undo-left-changed", ("now", now), ("set", state.After));
        }
    }

    /// <summary>Takes a change back for those of its tables that are as it left them.</summary>
    private void TableByTable(AuditEntry entry, LeftState state)
    {
        if (_facts.WhyNot(state) is { } reason)
        {
            Leave(AuditTrail.UndoOf(entry), "undo-left-unread", ("reason", reason));
            return;
        }

        var same = new List<FoundTable>();
        var changed = new List<(TableRef Table, string? Now)>();
        foreach (var recorded in state.Tables)
        {
            if (!_facts.TryFind(recorded, out var table) || !_facts.TryStateOf(state, table, out var now))
            {
                continue;
            }

            if (now == state.After)
            {
                same.Add(table);
            }
            else if (now is not null && now != state.Before)
            {
                changed.Add((table.Ref, now));
            }
        }

        // Statements have the names of now.
        var template = state with { Partitioned = [.. state.Tables.Where(t => state.Partitioned.Contains(t.Ref)).Select(t => _facts.TryFind(t, out var now) ? now.Ref : t.Ref)] };
        var user = Argument(entry, "user");
        var later = entry.Kind == GrantInSchema ? LaterGrants(user, Argument(entry, "schema")) : [];
        var leftTables = changed.Concat(later.Select(static t => (t.Table.Ref, (string?)t.State))).ToList();
        if (IsIdentity(entry))
        {
            foreach (var (table, now) in changed)
            {
                Leave(AuditTrail.UndoOf(entry, template.UndoFor([table])), "undo-left-changed", ("now", now), ("set", state.After));
            }
        }
        else if (leftTables.Count > 0)
        {
            Leave(
                AuditTrail.UndoOf(entry, template.UndoFor(leftTables.Take(NamedInStatement).Select(static t => t.Item1))),
                "undo-left-tables",
                ("count", leftTables.Count),
                ("tables", Names([.. leftTables.Select(static t => $"{t.Item1} ({t.Item2})")])));
        }

        if (IsSelect(entry))
        {
            _revoked.UnionWith(same.Select(t => (user, t.Oid)));
        }

        // The short form for a whole schema only where that takes nothing else.
        var schema = Argument(entry, "schema");
        var whole = entry.Kind == GrantInSchema
            && same.Count == state.Tables.Count
            && same.TrueForAll(t => t.Ref.Schema == schema)
            && later.Count == 0
            && OursIn(user, schema).All(g => g.State == state.After && (_revoked.Contains((user, g.Table.Oid)) || _defaults.Contains((user, schema, g.Owner))))
            && _facts.ColumnsIn(user, schema).Select(static c => c.Table).Distinct().All(same.Select(static t => t.Ref).ToHashSet().Contains);
        foreach (var part in whole ? [[.. same]] : same.Chunk(SelectGrants.Chunk))
        {
            foreach (var table in part)
            {
                _facts.Restore(state, table);
            }

            var tables = part.Select(static t => t.Ref).ToList();
            var names = Conditions.StillNamed(entry.Oids, entry.Arguments);
            var change = (whole ? AuditTrail.UndoOf(entry) : AuditTrail.UndoOf(entry, template.UndoFor(tables))) with
            {
                NeededWhen = state.StandsFor(part.Select(static t => t.Oid)) + names,
                Later = ByNumber.TakeBack(state, part.Select(static t => new LeftTable(t.Ref.Schema, t.Ref.Name, t.Oid)), names, IsSelect(entry) ? user : null),
            };
            change = IsSelect(entry) && !whole && same.Count > SelectGrants.Chunk ? change with { OwnTransaction = true } : change;
            change = IsIdentity(entry) && part is [var one] ? change with { KeptWhile = Conditions.Identifies(Major, one.Oid, state.Before, state.After) } : change;
            Take(change);
            _identities.AddRange(part.Where(_ => IsIdentity(entry)).Select(t => (change, t, state)));
            _silenced.UnionWith(part.Where(_ => entry.Kind == AddTables).Select(t => new TablePublisher(Argument(entry, "publication"), t.Oid, null)));
            foreach (var keep in IsSelect(entry) ? KeepColumns(user, tables) : [])
            {
                Take(keep);
            }
        }
    }

    private int Major => _inspection.Snapshot?.Server.Major ?? PostgresFeatures.OldestReadable;

    /// <summary>Whether a line of the record is about a row identity.</summary>
    internal static bool IsIdentity(AuditEntry entry) => entry.Kind is IdentityChanges.ToFull or IdentityChanges.ToIndex;

    private static bool IsSelect(AuditEntry entry) => entry.Kind is GrantInSchema or GrantOnTables or GrantOnAllColumns;

    /// <summary>
    /// Tables of a schema that somebody granted SELECT on after the wizard had granted it on all there were, and that neither another run of the wizard nor a default
    /// privilege gave it on.
    /// </summary>
    private List<GrantedTable> LaterGrants(string user, string schema)
    {
        var ours = TablesGranted(user);
        return [.. OursIn(user, schema).Where(g => !ours.Contains(g.Table.Oid) && !(g.State == "SELECT" && _defaults.Contains((user, schema, g.Owner))))];
    }

    /// <summary>Tables that the wizard granted SELECT on, in whichever of its changes.</summary>
    private HashSet<long> TablesGranted(string user) => [.. _facts.Find(_standing.Where(e => IsSelect(e) && e.Leaves is not null && Argument(e, "user") == user).SelectMany(static e => e.Leaves!.Tables))];

    /// <summary>Tables of a schema whose SELECT a REVOKE of this session would take.</summary>
    private IEnumerable<GrantedTable> OursIn(string user, string schema) => _facts.Granted(user, schema).Where(static g => !g.State.Contains(LeftStates.ByOthers, StringComparison.Ordinal));

    /// <summary>What gives privileges on single columns again, which a REVOKE on whole tables takes along.</summary>
    private IEnumerable<SqlChange> KeepColumns(string user, IEnumerable<TableRef> tables) => tables
        .SelectMany(t => SelectGrants.Columns(_facts.ColumnsOf(user, t).Where(static c => c.Privilege == "SELECT"), user), (table, statement) => new SqlChange
        {
            For = RequirementId.TableSelect,
            Kind = AuditTrail.KeepColumns,
            Phase = ChangePhase.Grants,
            Statement = new SqlText(statement),
            // A script gives them again with what takes them.
            Later = SqlText.Nothing,
            Arguments = Verdicts.Args(("user", user), ("table", table.ToString())),
        });

    /// <summary>
    /// Tables that were made since got SELECT by the default privileges that are taken back; it is taken back with them, unless that of all tables of the schema is.
    /// </summary>
    private void RevokeOnTablesMadeSince()
    {
        foreach (var entry in _standing.Where(static e => e is { Kind: DefaultPrivileges, Leaves: not null }))
        {
            var (user, schema, owner) = (Argument(entry, "user"), Argument(entry, "schema"), Argument(entry, "owner"));
            var at = _changes.FindIndex(c => c.Kind == AuditTrail.UndoPrefix + DefaultPrivileges && c.Statement.Display == entry.Undo);
            if (at < 0 || _facts.WhyNot(entry.Leaves!) is not null || _changes.Exists(c => c.Statement.Display == $"REVOKE SELECT ON ALL TABLES IN SCHEMA {PgIdentifier.Quote(schema)} FROM {PgIdentifier.Quote(user)}"))
            {
                continue;
            }

            var there = _facts.Find(entry.Leaves!.Tables).Concat(TablesGranted(user)).ToHashSet();
            var since = _facts.Granted(user, schema).Where(g => g.Owner == owner && g.State == "SELECT" && !there.Contains(g.Table.Oid)).Select(static g => g.Table.Ref).Order().ToList();
            _changes.InsertRange(at + 1, since.Chunk(SelectGrants.Chunk).SelectMany(part => KeepColumns(user, part).Prepend(new SqlChange
            {
                For = RequirementId.TableSelect,
                Kind = AuditTrail.UndoPrefix + GrantOnTables,
                Phase = ChangePhase.Grants,
                Statement = LeftStates.Selectable(user, [], SelectGrants.Revoke(user)).UndoFor(part),
                OwnTransaction = since.Count > SelectGrants.Chunk,
                Later = ByNumber.RevokeSince(user, schema, owner, there, Conditions.StillNamed(entry.Oids, entry.Arguments)),
                Arguments = Verdicts.Args(("user", user), ("schema", schema), ("count", part.Length)),
            })));
        }
    }

    /// <summary>What a publication lists that neither the wizard put into it nor the goal asks for.</summary>
    private List<string> Foreign(string publication)
    {
        var (tables, schemas) = Ours(publication);
        return
        [
            .. _facts.MembersOf(publication)
                .Where(m => m.Schema is { } schema ? !schemas.Contains(schema) : !m.Ancestors.Any(tables.Contains))
                .Select(static m => m.Schema is { } schema ? PgIdentifier.QuoteIfNeeded(schema) + ".*" : m.Table!.Value.ToString())
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>The same as a condition for a script: nothing foreign is in it now.</summary>
    private string ListsMore(string publication)
    {
        var (tables, schemas) = Ours(publication);
        tables.UnionWith(_facts.MembersOf(publication).SelectMany(static m => m.Ancestors));
        return Conditions.ListsMore(publication, Major, tables, schemas);
    }

    /// <summary>What the wizard put into a publication, and what the goal asks for: numbers of tables, and schemas as a whole.</summary>
    private (HashSet<long> Tables, HashSet<string> Schemas) Ours(string publication)
    {
        var ofIt = _standing.Where(e => e.Kind is CreatePublication or AddTables or AddSchemas && Argument(e, "publication") == publication).Select(static e => e.Leaves).OfType<LeftState>().ToList();
        var tables = _facts.Find(ofIt.SelectMany(static s => s.Tables)).ToHashSet();
        var schemas = ofIt.SelectMany(static s => s.Schemas).ToHashSet(StringComparer.Ordinal);
        if (publication == _inspection.Goal.Publication)
        {
            // Tables that nobody named are not asked for: without any, a goal means all there are.
            tables.UnionWith(_inspection.Goal.Tables.Count > 0 ? _inspection.Tables.Chosen.Select(static t => t.Oid) : []);
            schemas.UnionWith(_inspection.Goal.WholeSchemas);
        }

        return (tables, schemas);
    }

    /// <summary>What is attached to something that goes as a whole goes with it: there is nothing to leave.</summary>
    private void ForgetWhatGoesAlong()
    {
        var users = Dropped(CreateUser, "user");
        var publications = Dropped(CreatePublication, "publication");
        _left.RemoveAll(l => (l.Change.Phase == ChangePhase.User && users.Contains(Value(l.Change, "user")))
            || (l.Change.Phase == ChangePhase.Publication && publications.Contains(Value(l.Change, "publication"))));

        HashSet<string> Dropped(string kind, string name) => [.. _changes.Where(c => c.Kind == AuditTrail.UndoPrefix + kind).Select(c => Value(c, name))];

        static string Value(SqlChange change, string name) => change.Arguments.GetValueOrDefault(name) as string ?? "";
    }

    private void Take(SqlChange change)
    {
        if (_keys.Add(change.Key))
        {
            _changes.Add(change);
        }
    }

    private void Leave(SqlChange change, string problem, params (string Name, object? Value)[] arguments)
    {
        if (!_left.Exists(l => l.Change.Key == change.Key))
        {
            _left.Add(new LeftAlone(change, new Problem(problem, Verdicts.Args([.. arguments, ("statement", change.Statement.Display)]))));
        }
    }

    private static string Names(IEnumerable<string> all) => NameList.Of(all, Named);
}
