using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW405: the rows of each chosen table can be identified, here and in ClickHouse. Said before anything is published: afterwards it is the application whose
/// UPDATE fails. FULL satisfies PostgreSQL; of a table without a primary key ClickHouse then loses track of rows (<see cref="TableFact.IsKeyless"/>), so that
/// it takes somebody to say that the table only grows.
/// </summary>
public sealed class ReplicaIdentity : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.ReplicaIdentity;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } =
    [
        .. RowIdentity.Problems, "full-without-key", "parts", "chosen-full", "chosen-full-grows", "chosen-index", "is-full-without-key", "only-grows", "future-partitions", "future-tables", "left-out",
        Verdicts.UnreadableCase, Verdicts.NotApplicableCase,
    ];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class", "pg_roles") is { } blind)
        {
            return [blind];
        }

        var major = context.Snapshot.Server.Major;
        var families = context.Families;
        var chosen = context.Tables.Chosen.Where(t => TableKinds.ProblemOf(t, major) is null).ToList();
        (string, object?)[] arguments = [("publication", context.Goal.Publication), ("total", chosen.Count)];
        List<Finding> findings =
        [
            .. Unsolved(context, chosen, arguments),
            .. InParts(context, chosen, arguments),
            .. Waiting(context, chosen, arguments),
            .. Keyless(context, chosen, arguments),
        ];
        var later = LaterMembers.Of(context).Where(l => l.Need == LaterNeed.PartitionIdentity && major >= PostgresFeatures.PublishViaPartitionRoot).ToList();
        if (later.Count > 0)
        {
            // Where rows are only inserted there is no UPDATE or DELETE that could fail.
            var grows = later.TrueForAll(l => context.Goal.Identities.Any(i => i is { OnlyGrows: true } && i.Table == l.Table));
            findings.Add(this.Finding(grows ? FindingState.Advice : FindingState.Warning, "future-partitions", [.. arguments, ("statement", later[0].Statement)]) with
            {
                Subjects = [.. later.Select(l => Subject.Of(l.Table))],
            });
        }

        var schemas = (context.Snapshot.Publication?.Schemas ?? [])
            .Union(context.Goal.WholeSchemas.Count == 0 ? [] : PublicationChanges.WholeSchemas(context, PublicationChanges.Publishable(context)), StringComparer.Ordinal)
            .Order(StringComparer.Ordinal).ToList();
        if (schemas.Count > 0)
        {
            var statement = $"ALTER TABLE {PgIdentifier.Quote(schemas[0])}.{PgIdentifier.Quote(LaterMembers.Child)} ADD PRIMARY KEY (…)";
            findings.Add(this.Finding(FindingState.Advice, "future-tables", [.. arguments, ("schemas", string.Join(", ", schemas)), ("statement", statement)]) with
            {
                Subjects = [.. schemas.Select(static s => new Subject(SubjectKind.Schema, s))],
            });
        }

        var leftOut = context.Tables.LeftOut.Where(l => l.Reason == "identity").Select(l => l.Table).ToList();
        if (leftOut.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Advice, "left-out", arguments) with
            {
                Subjects = [.. leftOut.Select(t => Subject.Of(t.Ref, RowIdentity.ProblemOf(t, families)))],
            });
        }

        return findings.Count > 0 ? findings : [chosen.Count == 0 ? this.NotApplicable() : this.Satisfied(arguments)];
    }

    /// <summary>Tables, partitions and heirs whose rows nothing identifies and no choice helps, and those that nobody agreed to have whole rows of.</summary>
    private IEnumerable<Finding> Unsolved(RequirementContext context, List<TableFact> chosen, (string, object?)[] arguments)
    {
        var unsolved = chosen.SelectMany(t => IdentityChanges.Unsolved(context, t)).DistinctBy(t => t.Ref).ToLookup(t => RowIdentity.ProblemOf(t)!, StringComparer.Ordinal);
        foreach (var problem in RowIdentity.Problems.Where(unsolved.Contains))
        {
            var tables = unsolved[problem].ToList();
            yield return this.Finding(FindingState.Blocking, problem, [.. arguments, ("statement", IdentityAdvice.Example(context, tables))]) with
            {
                Subjects = [.. tables.Select(t => Subject.Of(t.Ref, t.CandidateIndex))],
                Actual = problem,
            };
        }

        var waiting = chosen.SelectMany(t => IdentityChanges.WithoutConsent(context, t)).DistinctBy(t => t.Ref).ToList();
        if (waiting.Count > 0)
        {
            yield return this.Finding(FindingState.Blocking, "full-without-key", [.. arguments, .. Example(context, waiting)]) with
            {
                Actual = "no-key",
                Subjects = [.. waiting.Select(t => Subject.Of(t.Ref, t.CandidateIndex))],
            };
        }
    }

    /// <summary>Choices that are not carried out, because some publication sends only a part of the table.</summary>
    private IEnumerable<Finding> InParts(RequirementContext context, List<TableFact> chosen, (string, object?)[] arguments)
    {
        if (context.Goal.Identities.Count == 0)
        {
            yield break;
        }

        var parts = PublishedParts.Of(context);
        if (chosen.SelectMany(t => IdentityChanges.Fixes(context, t)).Any() && this.UnknownIfUnreadable(context, FactSources.PublishedParts) is { } unknown)
        {
            yield return unknown;
            yield break;
        }

        var stopped = chosen.SelectMany(t => IdentityChanges.Fixes(context, t)).Select(f => (f.Member, By: parts.Stopping(f.Member, f.Choice))).Where(f => f.By.Count > 0).DistinctBy(f => f.Member.Ref).ToList();
        if (stopped.Count > 0)
        {
            var publications = stopped.SelectMany(f => f.By).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
            yield return this.Finding(FindingState.Blocking, "parts", [.. arguments, ("publications", string.Join(", ", publications)), ("publicationCount", publications.Count)]) with
            {
                Subjects = stopped.Select(f => f.Member).Subjects(),
            };
        }
    }

    /// <summary>Choices that are still to be carried out.</summary>
    private IEnumerable<Finding> Waiting(RequirementContext context, List<TableFact> chosen, (string, object?)[] arguments)
    {
        if (context.Goal.Identities.Count == 0)
        {
            yield break;
        }

        var planned = chosen
            .SelectMany(t => IdentityChanges.Planned(context, t), (t, p) => (Table: t, Planned: p))
            .ToLookup(p => p.Planned.Choice.Kind == IdentityKind.Index ? "chosen-index" : p.Planned.Grows ? "chosen-full-grows" : "chosen-full", StringComparer.Ordinal);
        foreach (var situation in Cases.Where(planned.Contains))
        {
            var waiting = planned[situation].GroupBy(p => p.Table, p => p.Planned, (t, p) => (Table: t, Fixes: IdentityChanges.For(context, t, [.. p]))).ToList();
            var broken = waiting.Any(t => RowIdentity.ProblemOf(t.Table, context.Families) is not null);
            yield return this.Finding(broken ? FindingState.Blocking : FindingState.Warning, situation, arguments) with
            {
                Subjects = waiting.Select(t => t.Table).Subjects(),
                Fixes = [.. waiting.SelectMany(t => t.Fixes).DistinctBy(c => c.Key)],
            };
        }
    }

    /// <summary>Tables, partitions and heirs without a key whose whole rows are logged: agreed to or not, it is said.</summary>
    private IEnumerable<Finding> Keyless(RequirementContext context, List<TableFact> chosen, (string, object?)[] arguments)
    {
        var full = chosen.SelectMany(t => IdentityChanges.KeylessFull(context, t)).DistinctBy(t => t.Member.Ref).ToLookup(t => t.Grows, t => t.Member);
        if (full.Contains(false))
        {
            yield return this.Finding(FindingState.Warning, "is-full-without-key", [.. arguments, .. Example(context, [.. full[false]])]) with
            {
                Actual = "FULL",
                Subjects = [.. full[false].Select(t => Subject.Of(t.Ref, t.CandidateIndex))],
            };
        }

        if (full.Contains(true))
        {
            yield return this.Finding(FindingState.Advice, "only-grows", [.. arguments, .. Example(context, [.. full[true]])]) with
            {
                Actual = "FULL",
                Subjects = full[true].Subjects(),
            };
        }
    }

    private static (string, object?)[] Example(RequirementContext context, List<TableFact> tables) =>
        [("statement", IdentityAdvice.Example(context, tables)), ("table", tables[0].Ref.ToString())];
}
