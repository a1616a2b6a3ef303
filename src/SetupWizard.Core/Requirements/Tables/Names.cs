using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Tables;

/// <summary>
/// SW409: no dot in a schema or table name, as ClickPipes takes <c>schema.table</c> apart at the dot, of partitions and heirs too; and no name in bytes that are not UTF-8, which it asks for.
/// </summary>
public sealed class Names : IRequirement
{
    private static readonly string[] s_broken = ["bytes", "bytes-left-out"];

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Names;

    /// <inheritdoc/>
    public Area Area => Area.Tables;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["dot", "left-out", .. s_broken, Verdicts.UnreadableCase, Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_class", "pg_attribute names") is { } blind)
        {
            return [blind];
        }

        var findings = new List<Finding>();
        var dotted = context.Families.Readable(context.Tables.Chosen).Where(t => TableKinds.HasDot(t.Ref)).ToList();
        if (dotted.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Blocking, "dot") with { Subjects = dotted.Subjects() });
        }

        var leftOut = context.Tables.LeftOut.Where(l => l.Reason == "name").Select(l => l.Table).ToList();
        if (leftOut.Count > 0)
        {
            findings.Add(this.Finding(FindingState.Advice, "left-out") with { Subjects = leftOut.Subjects() });
        }

        findings.AddRange(Broken(context));
        return findings.Count > 0 ? findings : [context.Tables.Chosen.Count == 0 ? this.NotApplicable() : this.Satisfied(("total", context.Tables.Chosen.Count))];
    }

    /// <summary>What is published is read along with its neighbours, so that one such name is in everybody's way; what is only there is left out.</summary>
    private IEnumerable<Finding> Broken(RequirementContext context)
    {
        if (context.Snapshot.BrokenNames.Count == 0)
        {
            yield break;
        }

        var named = context.Goal.Tables.ToHashSet();
        var facts = context.Snapshot.Tables.ToDictionary(t => t.Ref);
        var leftOut = context.Tables.LeftOut.Where(l => l.Reason == "bytes").Select(l => l.Table.Ref).ToHashSet();
        var byNeed = context.Snapshot.BrokenNames.OrderBy(b => b.Table).ThenBy(b => b.Number).ToLookup(b => facts.GetValueOrDefault(b.Table) switch
        {
            { } table when table.InPublication || context.Goal.WholeSchemas.Contains(table.Ref.Schema) || context.Families.Above(table).Prepend(table).Any(t => named.Contains(t.Ref)) => "bytes",
            { } table when context.Families.Above(table).Prepend(table).Any(t => leftOut.Contains(t.Ref)) => "bytes-left-out",
            _ => "",
        });
        foreach (var situation in s_broken.Where(byNeed.Contains))
        {
            var broken = byNeed[situation].ToList();
            yield return this.Finding(
                situation == "bytes" ? FindingState.Blocking : FindingState.Advice,
                situation,
                ("publication", context.Goal.Publication),
                ("statement", Rename(broken[0]))) with
            {
                Subjects = [.. broken.Select(b => b.Column is null ? Subject.Of(b.Table) : new Subject(SubjectKind.Column, $"{b.Table}.{b.Column}") { Table = b.Table })],
            };
        }
    }

    /// <summary>Renames without the name being typed: the server finds it by number.</summary>
    private static string Rename(BrokenNameFact name)
    {
        var rename = name switch
        {
            { Column: not null } => $"'ALTER TABLE %s RENAME COLUMN %I TO new_name', attrelid::pg_catalog.regclass, attname) FROM pg_catalog.pg_attribute WHERE attrelid = {name.Oid} AND attnum = {name.Number}",
            _ when ServerText.IsBroken(name.Table.Schema) => $"'ALTER SCHEMA %I RENAME TO new_name', nspname) FROM pg_catalog.pg_namespace WHERE oid = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = {name.Oid})",
            _ => $"'ALTER TABLE %s RENAME TO new_name', oid::pg_catalog.regclass) FROM pg_catalog.pg_class WHERE oid = {name.Oid}",
        };
        return string.Create(CultureInfo.InvariantCulture, $"DO $$BEGIN EXECUTE (SELECT pg_catalog.format({rename}); END$$");
    }
}
