using SetupWizard.Core.Model;

namespace SetupWizard.Core.Export;

/// <summary>A source table and the name it gets in ClickHouse.</summary>
/// <param name="Source">The table.</param>
/// <param name="Target">The ClickHouse table: the same name, with its schema in front where two schemas share it.</param>
/// <param name="NeedsSortingKey">It has no primary key, so ClickPipes needs to be told a sorting key.</param>
internal sealed record TableTarget(TableRef Source, string Target, bool NeedsSortingKey);

/// <summary>Chosen tables as ClickPipes maps them.</summary>
internal static class TableTargets
{
    /// <summary>The engine that applies updates and deletes; the API's own default only appends.</summary>
    public const string Engine = "ReplacingMergeTree";

    /// <summary>The word for logging in with an IAM role.</summary>
    public const string IamAuthentication = "IAM_ROLE";

    public static IReadOnlyList<TableTarget> Of(Inspection inspection)
    {
        var chosen = inspection.Tables.Chosen;
        var shared = chosen.GroupBy(t => t.Ref.Name, StringComparer.Ordinal).Where(g => g.Count() > 1).Select(g => g.Key).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. chosen.Select(t => new TableTarget(
                t.Ref,
                shared.Contains(t.Ref.Name) ? t.Ref.Schema + "_" + t.Ref.Name : t.Ref.Name,
                t.PrimaryKey != Source.KeyState.Usable)),
        ];
    }

    /// <summary>A name for the pipe: the database's.</summary>
    public static string PipeName(Inspection inspection) => inspection.Endpoint.Database;
}
