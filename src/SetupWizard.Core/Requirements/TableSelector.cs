using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements;

/// <summary>Turns what a goal asks for into the tables that are there.</summary>
public static class TableSelector
{
    /// <summary>The schema taken when the goal names no schema and no table.</summary>
    public const string DefaultSchema = "public";

    /// <summary>
    /// Resolves the goal's tables. Of a schema, every publishable table is chosen and the others are listed in <see cref="TableSelection.LeftOut"/>;
    /// a table named by itself is always chosen, and the rules say what is wrong with it.
    /// </summary>
    /// <remarks>
    /// From PostgreSQL 13 on partitions count under their root. PostgreSQL 12 cannot publish the root, so its leaves are chosen one by one.
    /// A table that inherits from a chosen one counts under that: its rows are among those a query of the parent returns, and ClickPipes takes its
    /// changes for the parent's. While no table it inherits from is chosen it is a table of its own.
    /// A schema published as a whole takes tables without row identity along, so these stay chosen and block; so do those that are in the publication
    /// already, whose UPDATE and DELETE fail as it is.
    /// </remarks>
    public static TableSelection Resolve(SetupGoal goal, SourceSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(goal);
        ArgumentNullException.ThrowIfNull(snapshot);
        var major = snapshot.Server.Major;
        var families = TableFamilies.Of(snapshot);
        var existing = snapshot.Schemas.Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        var whole = goal.WholeSchemas.ToHashSet(StringComparer.Ordinal);
        var schemas = SchemasOf(goal);
        var chosen = new Dictionary<TableRef, TableFact>(schemas.Count > 0 ? snapshot.Tables.Count : 0);
        var leftOut = new Dictionary<TableRef, LeftOut>();
        var excluded = goal.Excluded.ToHashSet();
        var unreadable = snapshot.TablesWithBrokenNames();

        var missing = new SortedSet<TableRef>();
        if (goal.Tables.Count > 0)
        {
            var byRef = snapshot.Tables.ToDictionary(t => t.Ref);
            foreach (var named in goal.Tables)
            {
                if (!byRef.TryGetValue(named, out var table))
                {
                    missing.Add(named);
                    continue;
                }

                foreach (var stands in StandingFor(table, byRef, families, major))
                {
                    if (unreadable.Contains(stands.Ref))
                    {
                        // Every statement about it would name another table, or none.
                        leftOut[stands.Ref] = new LeftOut(stands, "bytes");
                        continue;
                    }

                    chosen[stands.Ref] = stands;
                }
            }
        }

        // Whoever inherits comes after everything it inherits from.
        var heirs = new List<TableFact>();
        foreach (var table in snapshot.Tables.Where(t => schemas.Contains(t.Ref.Schema) && Counts(t, families, major)))
        {
            if (table.Parents.Count > 0)
            {
                heirs.Add(table);
            }
            else
            {
                Judge(table);
            }
        }

        foreach (var heir in heirs.OrderBy(t => families.Above(t).Count).Where(t => !UnderChosen(t)))
        {
            Judge(heir);
        }

        foreach (var heir in chosen.Values.Where(t => t.Parents.Count > 0 && UnderChosen(t)).ToList())
        {
            chosen.Remove(heir.Ref);
        }

        return new TableSelection
        {
            Chosen = Ordered(chosen),
            Missing = [.. missing],
            MissingSchemas = [.. schemas.Where(s => !existing.Contains(s)).Order(StringComparer.Ordinal)],
            LeftOut = Ordered(leftOut),
            Schemas = [.. chosen.Keys.Select(t => t.Schema).Concat(goal.WholeSchemas.Where(existing.Contains)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
        };

        bool UnderChosen(TableFact heir) => families.Above(heir).Any(a => chosen.ContainsKey(a.Ref));

        void Judge(TableFact table)
        {
            if (chosen.ContainsKey(table.Ref))
            {
                return;
            }

            var reason = excluded.Contains(table.Ref) || (table.Root is { } root && excluded.Contains(root))
                ? "excluded"
                : unreadable.Contains(table.Ref) ? "bytes"
                : ReasonAgainst(table, goal, families, major, whole.Contains(table.Ref.Schema) || IsListed(table, snapshot.Publication));
            if (reason is null)
            {
                chosen[table.Ref] = table;
            }
            else
            {
                leftOut[table.Ref] = new LeftOut(table, reason);
            }
        }
    }

    /// <summary>The schemas a goal chooses as such, default included; empty when it names tables only.</summary>
    public static IReadOnlySet<string> SchemasOf(SetupGoal goal)
    {
        ArgumentNullException.ThrowIfNull(goal);
        var named = goal.Schemas.Concat(goal.WholeSchemas).ToHashSet(StringComparer.Ordinal);
        return named.Count == 0 && goal.Tables.Count == 0 ? new HashSet<string>(StringComparer.Ordinal) { DefaultSchema } : named;
    }

    /// <summary>
    /// Whether the relation can be an entry of its own in its schema: no view, no partition that its root stands for, no root that its leaves stand for.
    /// A table that inherits is one unless something it inherits from is chosen.
    /// </summary>
    internal static bool Counts(TableFact table, TableFamilies families, int major)
    {
        if (!TableKinds.IsTable(table))
        {
            return false;
        }

        return major >= PostgresFeatures.PublishViaPartitionRoot
            ? !table.IsPartition
            : table.Kind != RelationKind.Partitioned || (!table.IsPartition && !families.RowsBelow(table).Any());
    }

    /// <summary>By schema and name. A snapshot's tables come in that order, so that mostly it is only looked over.</summary>
    private static List<T> Ordered<T>(Dictionary<TableRef, T> tables)
    {
        var inOrder = true;
        TableRef? last = null;
        foreach (var table in tables.Keys)
        {
            inOrder &= last is not { } before || before.CompareTo(table) < 0;
            last = table;
        }

        return inOrder ? [.. tables.Values] : [.. tables.OrderBy(t => t.Key).Select(t => t.Value)];
    }

    /// <summary>In the publication, and not because all tables are.</summary>
    private static bool IsListed(TableFact table, PublicationFact? publication) => table.InPublication && publication is { AllTables: false };

    private static string? ReasonAgainst(TableFact table, SetupGoal goal, TableFamilies families, int major, bool stays)
    {
        if (!Fits(table) || !families.Heirs(table).All(Fits))
        {
            return "kind";
        }

        if (families.HasDot(table))
        {
            return "name";
        }

        var broken = Breaks(table) || families.RowsBelow(table).Any(Breaks);

        // With its schema it is published along, which must not break it either.
        if (table.Extension is not null && !(stays && broken))
        {
            return "extension";
        }

        return stays || RowIdentity.ChoiceFor(goal, table) is not null || !broken ? null : "identity";

        bool Fits(TableFact member) => TableKinds.ProblemOf(member, major) is null;

        bool Breaks(TableFact member) => RowIdentity.ProblemOf(member) is not null && RowIdentity.ChoiceFor(goal, member) is null;
    }

    private static List<TableFact> StandingFor(
        TableFact table, Dictionary<TableRef, TableFact> byRef, TableFamilies families, int major)
    {
        if (major >= PostgresFeatures.PublishViaPartitionRoot)
        {
            return [table.Root is { } root && byRef.TryGetValue(root, out var fact) ? fact : table];
        }

        var leaves = table.Kind == RelationKind.Partitioned ? families.RowsBelow(table).ToList() : [];
        return leaves.Count > 0 ? leaves : [table];
    }
}
