namespace SetupWizard.Core.Model;

/// <summary>How a table without a usable key gets its row identity.</summary>
public enum IdentityKind
{
    /// <summary>The whole old row goes to the WAL: <c>REPLICA IDENTITY FULL</c>.</summary>
    Full,

    /// <summary>A unique index over NOT NULL columns: <c>REPLICA IDENTITY USING INDEX</c>.</summary>
    Index,
}

/// <summary>A choice the user made for one table's row identity.</summary>
/// <param name="Table">The table.</param>
/// <param name="Kind">Which identity.</param>
/// <param name="Index">The index, for <see cref="IdentityKind.Index"/>.</param>
/// <param name="OnlyGrows">
/// For <see cref="IdentityKind.Full"/> of a table without a primary key: its rows are only inserted and all differ, so that what ClickHouse would make of an
/// UPDATE, a DELETE or equal rows does not matter. Somebody said so who knows what it means; what was saved before it was asked for has not.
/// </param>
public sealed record IdentityChoice(TableRef Table, IdentityKind Kind, string? Index = null, bool OnlyGrows = false);

/// <summary>How ClickPipes will reach the server.</summary>
public enum NetworkPath
{
    /// <summary>Over a public address, with ClickPipes' addresses allowed.</summary>
    Public,

    /// <summary>Through a bastion.</summary>
    Ssh,

    /// <summary>AWS PrivateLink or Google Private Service Connect.</summary>
    PrivateLink,
}

/// <summary>How ClickPipes proves to the server that it is the ClickPipes user.</summary>
public enum LoginMethod
{
    /// <summary>With the user's password.</summary>
    Password,

    /// <summary>With a token that the cloud gives out for an IAM role; the user has no password.</summary>
    Iam,
}

/// <summary>Everything the user chose. Serializable; there is no place for a secret in it.</summary>
public sealed record SetupGoal
{
    /// <summary>The name the guides use for the ClickPipes user.</summary>
    public const string DefaultUser = "clickpipes_user";

    /// <summary>The name the guides use for the publication.</summary>
    public const string DefaultPublication = "clickpipes";

    /// <summary>The provider's id (<c>amazon-rds</c>), or null to take what is detected.</summary>
    public string? Provider { get; init; }

    /// <summary>The role ClickPipes logs in as.</summary>
    public string User { get; init; } = DefaultUser;

    /// <summary>The publication.</summary>
    public string Publication { get; init; } = DefaultPublication;

    /// <summary>The publication may be changed although somebody else reads it. Never without being asked: what is changed reaches every reader.</summary>
    public bool ChangePublication { get; init; }

    /// <summary>Schemas of which every publishable table is chosen. With no schema and no table at all: schema <c>public</c>.</summary>
    public IReadOnlyList<string> Schemas { get; init; } = [];

    /// <summary>Tables chosen one by one.</summary>
    public IReadOnlyList<TableRef> Tables { get; init; } = [];

    /// <summary>Tables left out of <see cref="Schemas"/>.</summary>
    public IReadOnlyList<TableRef> Excluded { get; init; } = [];

    /// <summary>Schemas published as a whole, future tables included (<c>FOR TABLES IN SCHEMA</c>, PostgreSQL 15 and later).</summary>
    public IReadOnlyList<string> WholeSchemas { get; init; } = [];

    /// <summary>Row identities chosen for tables without a usable key.</summary>
    public IReadOnlyList<IdentityChoice> Identities { get; init; } = [];

    /// <summary>Whether future tables of the chosen schemas become readable too.</summary>
    public bool FutureTables { get; init; } = true;

    /// <summary>An existing user gets the typed password. Never without being asked: somebody may depend on the old one.</summary>
    public bool ResetPassword { get; init; }

    /// <summary>
    /// Send the password itself instead of a SCRAM verifier, for servers that refuse verifiers. The server may then log it.
    /// </summary>
    public bool SendPasswordAsText { get; init; }

    /// <summary>How ClickPipes logs in.</summary>
    public LoginMethod Authentication { get; init; }

    /// <summary>The name (ARN) of the IAM role that ClickPipes assumes, for <see cref="LoginMethod.Iam"/>; null while it is not made yet. See <see cref="Model.IamRoleArn"/>.</summary>
    public string? IamRoleArn { get; init; }

    /// <summary>The ClickHouse service's cloud and region, as <c>aws:eu-central-1</c>.</summary>
    public string? Region { get; init; }

    /// <summary>Whether that service uses its region's own addresses.</summary>
    public ServiceAge ServiceAge { get; init; }

    /// <summary>The published addresses, when they were read and taken into use; null for the bundled ones.</summary>
    public PublishedAddresses? PublishedAddresses { get; init; }

    /// <summary>How ClickPipes connects.</summary>
    public NetworkPath Network { get; init; }

    /// <summary>What the ClickPipe is told when it is created. Nothing of it changes the source.</summary>
    public PipeSettings Pipe { get; init; } = new();

    /// <summary>
    /// The goal of whoever gets to the database this way: who needs a bastion will find that ClickPipes needs one too. Another way that was chosen, a private endpoint, stays.
    /// </summary>
    public SetupGoal Through(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        return endpoint.Ssh is not null && Network == NetworkPath.Public ? this with { Network = NetworkPath.Ssh } : this;
    }

    /// <summary>
    /// Whether a reading made for another goal holds the facts this one is judged by: those of one user and one publication. Everything else a goal says changes the judgement alone.
    /// </summary>
    public bool ReadsTheSameFacts(SetupGoal other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return User == other.User && Publication == other.Publication;
    }

    /// <summary>Without a choice of tables: what is called the same in another database is not the same.</summary>
    public SetupGoal WithoutTables() => this with { Schemas = [], Tables = [], Excluded = [], WholeSchemas = [], Identities = [] };

    /// <summary>With the choice of tables of another goal.</summary>
    public SetupGoal WithTablesOf(SetupGoal other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return this with { Schemas = other.Schemas, Tables = other.Tables, Excluded = other.Excluded, WholeSchemas = other.WholeSchemas, Identities = other.Identities };
    }
}
