using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Model;

/// <summary>The order in which changes are made. All transactional changes of a phase share one transaction.</summary>
public enum ChangePhase
{
    /// <summary>Server parameters: outside transactions, each alone.</summary>
    Parameters,

    /// <summary>What the administrator needs first: membership of owners, REPLICATION for itself.</summary>
    AdminRights,

    /// <summary>The ClickPipes user, its replication privilege and settings.</summary>
    User,

    /// <summary>Grants, default privileges and policies for that user.</summary>
    Grants,

    /// <summary>Row identity of tables.</summary>
    ReplicaIdentity,

    /// <summary>The publication.</summary>
    Publication,
}

/// <summary>What a change may cost while it runs.</summary>
public enum ChangeRisk
{
    /// <summary>Catalog only; nobody notices.</summary>
    None,

    /// <summary>Takes a lock on a table for a moment; gives up after the lock timeout.</summary>
    Lock,

    /// <summary>Lasting cost, for example more WAL for each update.</summary>
    Cost,

    /// <summary>The password itself is sent, and a server that logs statements logs it.</summary>
    Logged,
}

/// <summary>Whether a change needs the server to restart.</summary>
public enum RestartNeed
{
    /// <summary>No restart.</summary>
    None,

    /// <summary>It takes effect at the next restart.</summary>
    Restart,
}

/// <summary>What one change makes and another has to find: a plan runs nothing whose need somebody else has yet to meet.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">Which one: the role, the publication.</param>
public sealed record Prerequisite(PrerequisiteKind Kind, string Name);

/// <summary>Kinds of <see cref="Prerequisite"/>.</summary>
public enum PrerequisiteKind
{
    /// <summary>The ClickPipes user exists.</summary>
    User,

    /// <summary>A role may set REPLICATION on others.</summary>
    OwnReplication,

    /// <summary>A role may create objects in the database.</summary>
    CreateInDatabase,

    /// <summary>The publication exists.</summary>
    Publication,

    /// <summary>This login may name what is in the schema.</summary>
    SchemaUsage,
}

/// <summary>One thing to do.</summary>
public abstract record Change
{
    /// <summary>The requirement it serves.</summary>
    public required RequirementId For { get; init; }

    /// <summary>
    /// What it does, as a lower-case word with hyphens: selects its title (<c>Change.create-user</c>).
    /// </summary>
    public required string Kind { get; init; }

    /// <summary>When it is done.</summary>
    public required ChangePhase Phase { get; init; }

    /// <summary>What it may cost.</summary>
    public ChangeRisk Risk { get; init; }

    /// <summary>Whether a restart follows.</summary>
    public RestartNeed Restart { get; init; }

    /// <summary>Values for its title.</summary>
    public IReadOnlyDictionary<string, object?> Arguments { get; init; } = new Dictionary<string, object?>(StringComparer.Ordinal);

    /// <summary>A name that stays the same from one reading to the next, unique within a plan.</summary>
    public abstract string Key { get; }
}

/// <summary>A statement we can run.</summary>
public sealed record SqlChange : Change
{
    /// <summary>The kind of change that writes a server parameter; the server takes some at its next start only.</summary>
    public const string AlterSystemKind = "alter-system";

    /// <summary>The kind of change that makes the server read its configuration again.</summary>
    public const string ReloadKind = "reload-configuration";

    /// <summary>The statement, exactly as shown and run.</summary>
    public required SqlText Statement { get; init; }

    /// <summary>What takes it back; null when there is nothing to take back or it cannot be.</summary>
    public SqlText? Undo { get; init; }

    /// <summary>What it does to the state of the thing it changes, so that an undo can tell whether somebody changed that since; null when an undo need not look.</summary>
    public LeftState? Leaves { get; init; }

    /// <summary>
    /// Of a change that takes another one back: the statement the record has for that, where this one is not the same; null where it is.
    /// </summary>
    public string? Undoes { get; init; }

    /// <summary>
    /// A boolean SQL expression that is true while the change is still needed: makes scripts re-runnable. Null: running it again is harmless.
    /// </summary>
    public string? NeededWhen
    {
        get => NeededText?.Template;
        init => NeededText = value is null ? null : new SqlText(value);
    }

    /// <summary>
    /// Of a change that takes another one back: a boolean SQL expression that is true while somebody else needs what that left, so that a script leaves it for a later run. Null: nobody does.
    /// </summary>
    public string? KeptWhile { get; init; }

    /// <summary>
    /// The table whose UPDATE and DELETE a publication that came since the change was planned may stop with it: a script looks again right behind the statement. Null: none can.
    /// </summary>
    public TableRef? UpdatesOf { get; init; }

    /// <summary>
    /// Of a change that takes another one back: the same for a script, which may be run long after it was written. It finds tables by their numbers, whatever they are called by then, and does
    /// nothing where nothing is as the change left it. Null: the statement itself does.
    /// </summary>
    public SqlText? Later { get; init; }

    /// <summary>False for statements that refuse to run inside a transaction block, such as <c>ALTER SYSTEM</c>.</summary>
    public bool Transactional { get; init; } = true;

    /// <summary>
    /// The role that has to run it, when this login cannot: the change is then prepared as SQL for somebody else. Null: this login can.
    /// </summary>
    public string? RunBy { get; init; }

    /// <summary>What is there once it is made, for changes that need it.</summary>
    public IReadOnlyList<Prerequisite> Makes { get; init; } = [];

    /// <summary>What has to be there first; what is there already may be named, too.</summary>
    public IReadOnlyList<Prerequisite> Needs { get; init; } = [];

    /// <summary>Statements of the same phase that cannot share a transaction with others (many locks) stand alone.</summary>
    public bool OwnTransaction { get; init; }

    /// <summary>
    /// The server answers before the change has taken effect (a reload): who reads afterwards looks more than once. Comes behind the changes it brings in.
    /// </summary>
    public bool EffectComesLater { get; init; }

    /// <summary>The text of <see cref="NeededWhen"/>.</summary>
    internal SqlText? NeededText { private get; init; }

    /// <inheritdoc/>
    public override string Key => KeyOf(For.Code, Statement.Display);

    /// <summary>The key of a statement that serves a requirement.</summary>
    public static string KeyOf(string code, string display) => code + " " + display;
}

/// <summary>Something a person does in the provider's console; the requirement's own facts confirm it.</summary>
public sealed record ConsoleChange : Change
{
    /// <summary>Which guide of the provider's profile shows it.</summary>
    public required string GuideId { get; init; }

    /// <summary>The setting the guide changes, when it changes one.</summary>
    public string? Setting { get; init; }

    /// <summary>The value it gets.</summary>
    public string? Value { get; init; }

    /// <summary>What SHOW answers once it is in effect; null where it changes no setting, or where the guide's own setting is none of the server's.</summary>
    public string? Expected { get; init; }

    /// <inheritdoc/>
    public override string Key => For.Code + " guide " + GuideId;
}
