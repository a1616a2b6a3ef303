using System.Text.RegularExpressions;

namespace SetupWizard.Core.Providers;

/// <summary>How a provider gives a user the right to replicate.</summary>
public enum ReplicationGrant
{
    /// <summary><c>ALTER USER … WITH REPLICATION</c>.</summary>
    Attribute,

    /// <summary><c>GRANT role TO …</c> of <see cref="ProviderProfile.ReplicationRole"/>.</summary>
    Membership,
}

/// <summary>Who changes a server parameter, and how.</summary>
public enum ParameterRoute
{
    /// <summary>We run <c>ALTER SYSTEM</c>.</summary>
    AlterSystem,

    /// <summary>A person, in the provider's console, following a guide.</summary>
    Console,

    /// <summary>Nobody: the provider fixes it.</summary>
    Fixed,
}

/// <summary>How one parameter is changed at one provider.</summary>
/// <param name="Setting">The parameter a rule wants changed: <c>wal_level</c>.</param>
/// <param name="Route">Who changes it.</param>
/// <param name="ConsoleSetting">The provider's own switch for it, when it is another: <c>rds.logical_replication</c>.</param>
/// <param name="ConsoleValue">The value of that switch: <c>1</c>.</param>
/// <param name="GuideId">The guide that shows it.</param>
public sealed record ParameterSwitch(string Setting, ParameterRoute Route, string? ConsoleSetting = null, string? ConsoleValue = null, string? GuideId = null);

/// <summary>One instruction of a console guide. Its sentence is <c>Guide.{guide}.{Key}</c> in the resources.</summary>
/// <param name="Key">Lower-case words with hyphens, unique in the guide.</param>
public sealed record GuideStep(string Key)
{
    /// <summary>Of a setting: what it is looked for by, a template over the guide's arguments; copied apart from the value, because no field takes both.</summary>
    public string? Name { get; init; }

    /// <summary>What is typed or picked in this instruction, a template over the guide's arguments; shown with a copy button.</summary>
    public string? Value { get; init; }

    /// <summary>The picture of the console that shows this instruction: <c>rds-parameter-groups</c>; null when there is none, for <see cref="NoPicture"/>.</summary>
    public string? Picture { get; init; }

    /// <summary>Why there is no picture, as the sentence <c>NoPicture.{word}</c> in the resources: <c>terminal</c>. Null when there is one.</summary>
    public string? NoPicture { get; init; }
}

/// <summary>Something a person does in the provider's console, as numbered instructions and as code.</summary>
/// <param name="Id">Lower-case words with hyphens.</param>
/// <param name="Steps">Instructions in order.</param>
public sealed record ConsoleGuide(string Id, IReadOnlyList<GuideStep> Steps)
{
    /// <summary>The same as code, one template for each language it makes sense in; by default the files named after the guide.</summary>
    public IReadOnlyList<CodeTemplate> Code { get; init; } = CodeTemplate.Of(Id);

    /// <summary>The console page to open, a template; null when it cannot be known.</summary>
    public string? ConsoleUrl { get; init; }

    /// <summary>Whether it ends in a restart of the server.</summary>
    public bool Restarts { get; init; }

    /// <summary>Whether reading the server again shows that it was done.</summary>
    public bool Noticed { get; init; } = true;
}

/// <summary>A host name that is a pooler's or a proxy's, and how to get past it.</summary>
/// <param name="Host">Matches the host name, or anything when null.</param>
/// <param name="Port">The pooler's port, or any when null.</param>
/// <param name="DirectHost">Replacement pattern for the direct host (regular expression substitution); null when it cannot be derived.</param>
/// <param name="DirectPort">The direct port.</param>
/// <param name="Name">What it is called: <c>RDS Proxy</c>.</param>
public sealed record PoolerPattern(Regex? Host, int? Port, string? DirectHost, int DirectPort, string Name);

/// <summary>A host name that leads to a reader of a cluster, or may lead to one after a failover, and the name that always leads to its writer.</summary>
/// <param name="Host">Matches the host name.</param>
/// <param name="Writer">Replacement pattern for the writer's name (regular expression substitution); <c>&lt;cluster&gt;</c> stands where the name does not say the cluster's.</param>
public sealed record ReaderPattern(Regex Host, string Writer);

/// <summary>What the parameters of a console belong to.</summary>
public enum ParameterScope
{
    /// <summary>One server.</summary>
    Server,

    /// <summary>A cluster of servers with one writer.</summary>
    Cluster,
}

/// <summary>A file with the certificates of a provider's own authorities.</summary>
/// <param name="File">Its name: <c>global-bundle.pem</c>.</param>
/// <param name="Address">Where the provider gives it out.</param>
/// <param name="Issuer">What the names of these authorities contain.</param>
public sealed record CertificateBundle(string File, Uri Address, string Issuer);

/// <summary>How a provider lets a role of its cloud log in instead of a password.</summary>
/// <param name="Role">The database role whose members log in so, and no longer with a password: <c>rds_iam</c>.</param>
/// <param name="ReplicationSetting">The parameter that lets replication connections log in so too: <c>rds.iam_auth_for_replication</c>.</param>
/// <param name="GuideId">The guide that sets up what the database cannot see.</param>
/// <param name="Cloud">The cloud the ClickHouse service has to run on: <c>aws</c>.</param>
/// <param name="TokenCommand">What makes a token to log in with by hand, a template over the guide's arguments.</param>
public sealed record IamLogin(string Role, string ReplicationSetting, string GuideId, string Cloud, string TokenCommand);

/// <summary>A service that wants to see a password itself and refuses its SCRAM verifier, when the change is committed.</summary>
/// <param name="Name">What it is called: <c>Neon</c>.</param>
/// <param name="Host">Its host names.</param>
/// <param name="Role">A role that only its servers have, for when the host name is another one's.</param>
public sealed record TextPasswordService(string Name, Regex Host, string Role);

/// <summary>Everything that differs from one provider to the next, as data. One provider is one file.</summary>
public sealed record ProviderProfile
{
    /// <summary>Stable id, as the CLI spells it: <c>amazon-rds</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its own name: <c>Amazon RDS for PostgreSQL</c>. A proper noun, the same in every language.</summary>
    public required string Name { get; init; }

    /// <summary>A shorter name for cards and the rail: <c>Amazon RDS</c>.</summary>
    public required string ShortName { get; init; }

    /// <summary>The <c>type</c> ClickPipes' API gives it: <c>rdspostgres</c>.</summary>
    public required string ClickPipesType { get; init; }

    /// <summary>Host names of this provider.</summary>
    public IReadOnlyList<Regex> Hosts { get; init; } = [];

    /// <summary>
    /// Functions of <c>pg_catalog</c> that exist only on this provider's servers. They are looked at before settings and roles, which an engine that is
    /// built on another's service shares with it: Amazon Aurora has all that Amazon RDS has.
    /// </summary>
    public IReadOnlyList<string> MarkerFunctions { get; init; } = [];

    /// <summary>Settings that exist only on this provider's servers.</summary>
    public IReadOnlyList<string> MarkerSettings { get; init; } = [];

    /// <summary>Roles that exist only on this provider's servers.</summary>
    public IReadOnlyList<string> MarkerRoles { get; init; } = [];

    /// <summary>What its administrators are members of (<c>rds_superuser</c>); null when there is no such role.</summary>
    public string? AdminRole { get; init; }

    /// <summary>How replication is given.</summary>
    public ReplicationGrant ReplicationGrant { get; init; }

    /// <summary>The role to grant, for <see cref="ReplicationGrant.Membership"/>.</summary>
    public string? ReplicationRole { get; init; }

    /// <summary>Services judged by this profile that take no SCRAM verifier; empty when every server takes one, as stock PostgreSQL does.</summary>
    public IReadOnlyList<TextPasswordService> TextPasswords { get; init; } = [];

    /// <summary>How a role of the provider's cloud logs in instead of a password; null when there is no such way.</summary>
    public IamLogin? Iam { get; init; }

    /// <summary>
    /// Roles whose members, directly or over other roles, log in another way than with their password, so that whoever joins one is refused with it
    /// (<c>rds_iam</c>). Where the way of logging in hangs on the role itself, as with the security labels of Microsoft Entra, there are none.
    /// </summary>
    public IReadOnlyList<string> LoginRoles { get; init; } = [];

    /// <summary>Whether <c>pg_hba.conf</c> is written by whoever runs the server, and may say anything about members of any role.</summary>
    public bool OwnAccessRules { get; init; }

    /// <summary>The provider's own switch for logical replication when it is not <c>wal_level</c>; null when there is none.</summary>
    public string? ReplicationSwitch { get; init; }

    /// <summary>How parameters are changed, by parameter; one that is not listed follows <see cref="OtherParameters"/>.</summary>
    public IReadOnlyList<ParameterSwitch> Parameters { get; init; } = [];

    /// <summary>How parameters are changed that are not listed.</summary>
    public required ParameterSwitch OtherParameters { get; init; }

    /// <summary>What the console's parameters belong to.</summary>
    public ParameterScope Scope { get; init; }

    /// <summary>What the console calls a set of parameters, before the major version: <c>postgres</c> of <c>postgres16</c>.</summary>
    public string ParameterFamily { get; init; } = "postgres";

    /// <summary>
    /// Whether the provider's administrators may set REPLICATION on any role, themselves included, although PostgreSQL asks for a superuser
    /// (before 16) or for REPLICATION of one's own (16 and later).
    /// </summary>
    public bool AdminsSetReplication { get; init; }

    /// <summary>Whether the provider's administrators may publish whole schemas, although PostgreSQL asks for a superuser.</summary>
    public bool WholeSchemasAllowed { get; init; }

    /// <summary>The guide that restarts the server and nothing else; null when there is none.</summary>
    public string? RestartGuide { get; init; }

    /// <summary>Whether an administrator may give BYPASSRLS.</summary>
    public bool BypassRlsGrantable { get; init; }

    /// <summary>Whether turning on logical replication restarts the server.</summary>
    public bool RestartNeeded { get; init; } = true;

    /// <summary>Whether somebody needs access to a console.</summary>
    public bool ConsoleNeeded { get; init; } = true;

    /// <summary><c>max_worker_processes</c> as the provider's manual asks for beside logical replication; null when it asks for nothing.</summary>
    public int? WorkerProcesses { get; init; }

    /// <summary>The certificates of the provider's own authorities, when no public one signs its servers'; null otherwise.</summary>
    public CertificateBundle? CertificateBundle { get; init; }

    /// <summary>Poolers and proxies of this provider.</summary>
    public IReadOnlyList<PoolerPattern> Poolers { get; init; } = [];

    /// <summary>Host names of this provider that do not always lead to the writer; empty where a server has one name.</summary>
    public IReadOnlyList<ReaderPattern> Readers { get; init; } = [];

    /// <summary>Whether only the writer can hold a logical replication slot, whatever PostgreSQL's version lets a standby do.</summary>
    public bool WriterAlone { get; init; }

    /// <summary>Guides by id.</summary>
    public IReadOnlyList<ConsoleGuide> Guides { get; init; } = [];

    /// <summary>The guide that opens the network for ClickPipes' addresses.</summary>
    public string? NetworkGuide { get; init; }

    /// <summary>Ways without a public address; empty when ClickPipes has none to this provider.</summary>
    public IReadOnlyList<PrivatePath> PrivatePaths { get; init; } = [];

    /// <summary>Guides that keep the way to a server open whose address changes, and that go round the provider's own proxy.</summary>
    public IReadOnlyList<string> AddressGuides { get; init; } = [];

    /// <summary>Names a guide can show, taken from the host name: <c>instance</c>, <c>region</c>. A name that cannot be known gets a placeholder in angle brackets.</summary>
    public Func<string, IReadOnlyDictionary<string, string>> NamesFromHost { get; init; } = static _ => new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the provider is drawn as, by this project's own hand: the path of a picture of lines, 32 by 32. Null is drawn as a plain store of data.</summary>
    public string? Mark { get; init; }

    /// <summary>The provider's manual about logical replication.</summary>
    public required Uri Manual { get; init; }

    /// <summary>The ClickPipes guide for it.</summary>
    public required Uri ClickPipesGuide { get; init; }

    /// <summary>How <paramref name="setting"/> is changed here.</summary>
    public ParameterSwitch SwitchFor(string setting) =>
        Parameters.FirstOrDefault(p => p.Setting == setting) ?? OtherParameters with { Setting = setting };

    /// <summary>The name that always leads to the writer; null when <paramref name="host"/> is that, or nothing is known of the name.</summary>
    public string? WriterOf(string host) => Readers.FirstOrDefault(r => r.Host.IsMatch(host)) is { } reader ? reader.Host.Replace(host, reader.Writer) : null;

    /// <summary>A guide by id.</summary>
    /// <exception cref="InvalidOperationException">There is none: the profile contradicts itself.</exception>
    public ConsoleGuide Guide(string id) => Guides.First(g => g.Id == id);
}
