
namespace SetupWizard.Core.Model;

/// <summary>What facts are read from besides a catalog of its own name, as <see cref="SourceSnapshot.Unreadable"/> gives it.</summary>
public static class FactSources
{
    /// <summary>What <see cref="Unreadable"/> calls tables that publications send in part.</summary>
    public const string PublishedParts = "pg_publication_rel parts";

    /// <summary>What <see cref="Unreadable"/> calls the readers of slots.</summary>
    public const string ReadersOfSlots = "pg_replication_slots readers";

    /// <summary>What <see cref="Unreadable"/> calls privileges on single columns.</summary>
    public const string GrantsOnColumns = "pg_shdepend";
}
