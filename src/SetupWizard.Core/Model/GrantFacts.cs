
namespace SetupWizard.Core.Model;

/// <summary>
/// A privilege on a column that was granted to the ClickPipes user itself (<c>pg_attribute.attacl</c>). What is granted on the whole table stands beside it, but
/// taking that away takes this, too. See <see href="https://www.postgresql.org/docs/current/sql-revoke.html"/>.
/// </summary>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Privilege"><c>SELECT</c>, <c>INSERT</c>, <c>UPDATE</c> or <c>REFERENCES</c>.</param>
/// <param name="Grantable">Whether it was granted with grant option.</param>
/// <param name="Grantor">Who granted it.</param>
public sealed record ColumnGrantFact(TableRef Table, string Column, string Privilege, bool Grantable, string Grantor);

/// <summary>
/// That a role was granted to the ClickPipes user or to this login. Since PostgreSQL 16 there is one for each grantor, with options of its own.
/// See <see href="https://www.postgresql.org/docs/current/catalog-pg-auth-members.html"/>.
/// </summary>
/// <param name="Role">The role that was granted.</param>
/// <param name="Member">Whom to.</param>
/// <param name="Grantor">By whom.</param>
/// <param name="Admin">ADMIN OPTION.</param>
/// <param name="Inherit">INHERIT; true before PostgreSQL 16, where the member role decides.</param>
/// <param name="Set">SET; true before PostgreSQL 16.</param>
public sealed record MembershipFact(string Role, string Member, string Grantor, bool Admin, bool Inherit, bool Set);

/// <summary>A logical slot of this database that sends changes by pgoutput, and who reads it.</summary>
/// <param name="Slot">Its name.</param>
/// <param name="User">Who reads; null when nobody does, or the session has just gone.</param>
/// <param name="Application">What the reader calls itself.</param>
/// <param name="Pid">The process that serves the reader; null when nobody reads.</param>
/// <param name="Publications">
/// The publications the reader asked for; null when that is not to be seen: nobody reads, or it takes pg_read_all_stats, or the server is older than 14.
/// </param>
public sealed record SlotReaderFact(string Slot, string? User, string? Application, int? Pid, IReadOnlyList<string>? Publications)
{
    /// <summary>Whether somebody reads it now.</summary>
    public bool Active => Pid is not null;
}
