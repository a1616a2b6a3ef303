using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Watching;

/// <summary>The tables' part of a comparison.</summary>
internal static class TableReview
{
    private static readonly RequirementId[] s_ofTables = [RequirementId.TableSelect, RequirementId.PublicationTables, RequirementId.ReplicaIdentity];

    /// <param name="differences">Where to add to.</param>
    /// <param name="baseline">As it was.</param>
    /// <param name="now">As it is.</param>
    /// <param name="snapshot">Its facts.</param>
    /// <param name="grants">Whether the user is the same, so that its rights can be compared.</param>
    /// <param name="publication">Whether the publication is the same and there, so that its tables can be compared.</param>
    public static void Add(DifferenceList differences, SetupBaseline baseline, Inspection now, SourceSnapshot snapshot, bool grants, bool publication)
    {
        var state = new State(differences, now, snapshot);
        if (baseline.Chosen.Tables() is not { } chosen || baseline.Others.Tables() is not { } others)
        {
            // Too many to be named: how many there are, and whether they are the same, is all that is known of then.
            state.Count("tables-chosen", baseline.Chosen, TableNames.Of(BaselineFacts.ChosenOf(now)));
            if (publication)
            {
                state.Count("tables-published", baseline.Published, TableNames.Of(state.Present.Values.Where(t => t.InPublication).Select(t => t.Ref)));
            }

            return;
        }

        New(state, now, chosen, others, grants, publication);
        state.Say("tables-gone", chosen.Where(t => !state.Present.ContainsKey(t)), [RequirementId.TableKind], FindingState.Advice);
        state.Say("others-gone", others.Where(t => !state.Present.ContainsKey(t)), []);
        var stillThere = chosen.Where(state.Present.ContainsKey).ToList();
        if (publication)
        {
            var published = baseline.Published.Tables() ?? (baseline.Published.Digest == baseline.Chosen.Digest ? chosen : null);
            if (published is null)
            {
                state.Count("tables-published", baseline.Published, TableNames.Of(state.Present.Values.Where(t => t.InPublication).Select(t => t.Ref)));
            }
            else
            {
                state.Say("unpublished", published.Where(t => state.Present.TryGetValue(t, out var fact) && !fact.InPublication), [RequirementId.PublicationTables]);
                state.Say("published", chosen.Concat(others).Where(t => !published.Contains(t) && state.Present.TryGetValue(t, out var fact) && fact.InPublication), [RequirementId.PublicationTables, RequirementId.ReplicaIdentity]);
            }
        }

        if (grants)
        {
            state.Say("unreadable", stillThere.Where(state.Unreadable), [RequirementId.TableSelect]);
        }

        // Without an identity, it is the application whose UPDATE and DELETE fail as long as the table is published. A partition made since has none of its table's.
        var keyless = stillThere.Where(state.LostIdentity).ToLookup(t => state.Present[t].InPublication);
        state.Say("identity-lost", keyless[true], [RequirementId.ReplicaIdentity, RequirementId.PublicationTables], FindingState.Blocking);
        state.Say("identity-lost-unpublished", keyless[false], [RequirementId.ReplicaIdentity]);
        var incomplete = stillThere.Where(t => !state.LostIdentity(t) && state.UnidentifiedPartitions(t).Any()).ToList();
        state.Say("partitions-unidentified", incomplete.SelectMany(state.UnidentifiedPartitions), [RequirementId.ReplicaIdentity, RequirementId.PublicationTables], FindingState.Blocking, incomplete);
    }

    /// <summary>Tables that were not there, each in one group by what it lacks.</summary>
    private static void New(State state, Inspection now, IReadOnlySet<TableRef> chosen, IReadOnlySet<TableRef> others, bool grants, bool publication)
    {
        var wanted = BaselineFacts.ChosenOf(now);
        var keyless = now.Tables.LeftOut.Where(l => l.Reason == "identity").Select(l => l.Table.Ref).ToHashSet();
        var groups = state.Present.Keys.Where(t => !chosen.Contains(t) && !others.Contains(t)).ToLookup(Group);
        state.Say("new-neither", groups["new-neither"], s_ofTables);
        state.Say("new-unreadable", groups["new-unreadable"], s_ofTables);
        state.Say("new-unpublished", groups["new-unpublished"], s_ofTables);
        state.Say("new-keyless", groups["new-keyless"], s_ofTables, FindingState.Advice);
        state.Say("new-fits", groups["new-fits"], s_ofTables);
        state.Say("new-outside", groups["new-outside"], []);

        string Group(TableRef table)
        {
            if (keyless.Contains(table) || (wanted.Contains(table) && state.Unidentified(table)))
            {
                return "new-keyless";
            }

            if (!wanted.Contains(table))
            {
                return "new-outside";
            }

            var (unreadable, unpublished) = (grants && state.Unreadable(table), publication && !state.Present[table].InPublication);
            return (unreadable, unpublished) switch
            {
                (true, true) => "new-neither",
                (true, false) => "new-unreadable",
                (false, true) => "new-unpublished",
                _ => "new-fits",
            };
        }
    }

    /// <summary>The tables of now, and sentences about some of them.</summary>
    private sealed class State(DifferenceList differences, Inspection now, SourceSnapshot snapshot)
    {
        private readonly TableFamilies _families = TableFamilies.Of(snapshot);

        public Dictionary<TableRef, TableFact> Present { get; } = BaselineFacts.TablesOf(snapshot).ToDictionary(t => t.Ref);

        /// <summary>Whether the user may not read it, or something below it.</summary>
        public bool Unreadable(TableRef table) => Present[table].UserCanSelect != true || _families.Below(Present[table]).Any(p => p.UserCanSelect != true);

        public bool Unidentified(TableRef table) =>
            TableKinds.ProblemOf(Present[table], snapshot.Server.Major) is null
            && RowIdentity.ProblemOf(Present[table], _families) is not null
            && RowIdentity.ChoiceFor(now.Goal, Present[table]) is null;

        /// <summary>Whether rows of the table itself, which could be identified, cannot be any more.</summary>
        public bool LostIdentity(TableRef table) =>
            TableKinds.ProblemOf(Present[table], snapshot.Server.Major) is null && RowIdentity.ProblemOf(Present[table]) is not null;

        public IEnumerable<TableRef> UnidentifiedPartitions(TableRef table) => Present[table] is { Kind: RelationKind.Partitioned, InPublication: true } root
            ? _families.RowsBelow(root).Where(p => RowIdentity.ProblemOf(p) is not null).Select(p => p.Ref)
            : [];

        public void Say(string situation, IEnumerable<TableRef> tables, IReadOnlyList<RequirementId> owners, FindingState least = FindingState.Satisfied, IReadOnlyList<TableRef>? roots = null)
        {
            var list = tables.Order().ToList();
            if (list.Count > 0)
            {
                var named = list.Concat(list.Where(Present.ContainsKey).SelectMany(t => _families.Below(Present[t])).Select(p => p.Ref)).ToHashSet();
                named.UnionWith(roots ?? []);
                differences.Add(situation, Area.Tables, owners: owners, tables: list, named: named, least: least);
            }
        }

        public void Count(string situation, TableNames before, TableNames after)
        {
            if (before.Digest != after.Digest)
            {
                differences.Add(situation, Area.Tables, before: Show(before.Count), after: Show(after.Count), owners: s_ofTables);
            }
        }

        private static string Show(int count) => count.ToString(CultureInfo.InvariantCulture);
    }
}
