
namespace SetupWizard.Core.Model;

/// <summary>A relation that somebody might want to publish. A class with few fields: a source may have 50,000 of them.</summary>
public sealed record TableFact
{
    /// <summary>Schema and name.</summary>
    public required TableRef Ref { get; init; }

    /// <summary>Its number (<c>pg_class.oid</c>), which stays the same when it is renamed; 0 when it is not known.</summary>
    public long Oid { get; init; }

    /// <summary>Kind.</summary>
    public RelationKind Kind { get; init; }

    /// <summary>'p' permanent, 'u' unlogged, 't' temporary.</summary>
    public char Persistence { get; init; } = 'p';

    /// <summary>Owner.</summary>
    public required string Owner { get; init; }

    /// <summary>The topmost partitioned table it belongs to; null when it is not a partition.</summary>
    public TableRef? Root { get; init; }

    /// <summary>The tables it inherits from directly (<c>INHERITS</c>), by name; none for a partition, and for most tables.</summary>
    public IReadOnlyList<TableRef> Parents { get; init; } = [];

    /// <summary>Some table inherits from it, perhaps one that is not among the facts, such as another session's temporary table.</summary>
    public bool HasChildren { get; init; }

    /// <summary>Row security is enabled and, as the policies stand, may hide rows from the ClickPipes user.</summary>
    public bool RowSecurityHides { get; init; }

    /// <summary>
    /// Policies are asked whether the ClickPipes user may see a row, be it that they let all pass. With <c>row_security</c> off the server refuses every query on such a table.
    /// See <see href="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-ROW-SECURITY"/>.
    /// </summary>
    public bool RowSecurityApplies { get; init; }

    /// <summary>One of these policies is restrictive: no policy that permits more can lift it.</summary>
    public bool RestrictivePolicyHides { get; init; }

    /// <summary>Its replica identity.</summary>
    public ReplicaIdentityKind Identity { get; init; }

    /// <summary>Its primary key.</summary>
    public KeyState PrimaryKey { get; init; }

    /// <summary>The replica identity index, when <see cref="Identity"/> is Index.</summary>
    public KeyState IdentityIndex { get; init; }

    /// <summary>The name of that index; null when the identity is another one, or the index is gone.</summary>
    public string? IdentityIndexName { get; init; }

    /// <summary>A unique index that could serve as replica identity (valid, immediate, not partial, no expression, NOT NULL columns); null when there is none.</summary>
    public string? CandidateIndex { get; init; }

    /// <summary>The server's own estimate of its rows; -1 when it was never analysed.</summary>
    public long EstimatedRows { get; init; } = -1;

    /// <summary>It has somewhere to put values that are too long for a row (a TOAST table).</summary>
    public bool MayToast { get; init; }

    /// <summary>How many columns it has or had: those that were dropped count.</summary>
    public int Columns { get; init; }

    /// <summary>Its indexes, counted for members of a tree only: partitions and inheriting tables, and what they belong to.</summary>
    public int Indexes { get; init; }

    /// <summary>A column of it may be NULL; null where there are too many tables to look into each.</summary>
    public bool? HasNullable { get; init; } = false;

    /// <summary>Its main storage by the server's own estimate, in bytes.</summary>
    public long EstimatedBytes { get; init; }

    /// <summary>The ClickPipes user may SELECT from it; null while that user does not exist.</summary>
    public bool? UserCanSelect { get; init; }

    /// <summary>Everybody may SELECT from it, and so will the ClickPipes user; told only while that user does not exist.</summary>
    public bool PublicCanSelect { get; init; }

    /// <summary>The extension it is a part of; null when it is somebody's own.</summary>
    public string? Extension { get; init; }

    /// <summary>The ClickPipes user may INSERT, UPDATE, DELETE or TRUNCATE.</summary>
    public bool UserCanWrite { get; init; }

    /// <summary>
    /// What of it the owner granted to the ClickPipes user itself, not to PUBLIC or a role it is a member of, and not by owning the table.
    /// What somebody else granted with a grant option stands whatever the owner takes back.
    /// </summary>
    public TableWrites UserWrites { get; init; }

    /// <summary>This login may hand on SELECT (owner's rights, or grant option).</summary>
    public bool AdminMayGrant { get; init; }

    /// <summary>It is in the goal's publication: itself, through its root, its schema, or because all tables are.</summary>
    public bool InPublication { get; init; }

    /// <summary>
    /// Whether it has no primary key. ClickHouse sorts it by all its columns when the whole row is its identity. Then an UPDATE leaves the old row there
    /// beside the new one, a DELETE takes all equal rows away, and equal rows become one.
    /// </summary>
    /// <remarks>
    /// The engine takes the columns of <c>pg_index.indisprimary</c>, deferrable or not, else all (PeerDB <c>connectors/postgres/postgres_source.go</c>,
    /// <c>getUniqueColumns</c> and "use all columns as the pkey"), and writes no delete for the old row of an UPDATE unless
    /// <c>PEERDB_CLICKHOUSE_ENABLE_PRIMARY_UPDATE</c> is on, which by default it is not (<c>internal/dynamicconf.go</c>). Seen in ClickHouse 26.7 with such a table:
    /// of (1,x), (1,x), (2,q) an UPDATE of (2,q) to (2,r) leaves (1,x), (2,q), (2,r) under FINAL; a DELETE of one (1,x) takes both.
    /// </remarks>
    public bool IsKeyless => PrimaryKey == KeyState.None;

    /// <summary>Whether it is one of a partitioned table's leaves or branches.</summary>
    public bool IsPartition => Root is not null;
}

/// <summary>Rights to change a table's rows, and the same with grant option.</summary>
[Flags]
public enum TableWrites
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>INSERT.</summary>
    Insert = 1,

    /// <summary>UPDATE.</summary>
    Update = 2,

    /// <summary>DELETE.</summary>
    Delete = 4,

    /// <summary>TRUNCATE.</summary>
    Truncate = 8,

    /// <summary>INSERT with grant option.</summary>
    InsertGrantable = 16,

    /// <summary>UPDATE with grant option.</summary>
    UpdateGrantable = 32,

    /// <summary>DELETE with grant option.</summary>
    DeleteGrantable = 64,

    /// <summary>TRUNCATE with grant option.</summary>
    TruncateGrantable = 128,
}

/// <summary>What kind of relation it is; the letters of <c>pg_class.relkind</c>.</summary>
public enum RelationKind
{
    /// <summary>An ordinary table (r).</summary>
    Ordinary,

    /// <summary>A partitioned table (p).</summary>
    Partitioned,

    /// <summary>A view (v).</summary>
    View,

    /// <summary>A materialized view (m).</summary>
    MaterializedView,

    /// <summary>A foreign table (f).</summary>
    Foreign,
}

/// <summary>How a key stands.</summary>
public enum KeyState
{
    /// <summary>There is none.</summary>
    None,

    /// <summary>Valid and immediate: it identifies rows.</summary>
    Usable,

    /// <summary>Deferrable: logical replication does not accept it.</summary>
    Deferrable,

    /// <summary>Not valid (a failed concurrent build).</summary>
    Invalid,

    /// <summary>It does not tell every row from every other: partial, on an expression, or on a column that may be NULL.</summary>
    Unsuitable,
}

/// <summary>A relation's <c>REPLICA IDENTITY</c> (<c>pg_class.relreplident</c>).</summary>
public enum ReplicaIdentityKind
{
    /// <summary>The primary key (d).</summary>
    Default,

    /// <summary>A unique index (i).</summary>
    Index,

    /// <summary>The whole row (f).</summary>
    Full,

    /// <summary>Nothing (n).</summary>
    Nothing,
}
