using System.CommandLine;
using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>The options that say what is wanted.</summary>
internal sealed class GoalOptions
{
    private const string Password = "password";
    private const string Iam = "iam";

    private readonly CultureInfo _culture;
    private readonly Option<string> _user;
    private readonly Option<string> _publication;
    private readonly Option<bool> _changePublication;
    private readonly Option<string[]> _schemas;
    private readonly Option<string[]> _tables;
    private readonly Option<string[]> _wholeSchemas;
    private readonly Option<bool> _noFuture;
    private readonly Option<string[]> _full;
    private readonly Option<string[]> _grows;
    private readonly Option<string?> _region;
    private readonly Option<string?> _serviceCreated;
    private readonly Option<string> _auth;
    private readonly Option<string?> _iamRole;
    private readonly Option<bool> _asText;
    private readonly PipeOptions _pipe;

    public GoalOptions(CultureInfo culture)
    {
        _culture = culture;
        _user = new("--user") { HelpName = "NAME", DefaultValueFactory = _ => SetupGoal.DefaultUser, Description = Say("Help.User") };
        _publication = new("--publication") { HelpName = "NAME", DefaultValueFactory = _ => SetupGoal.DefaultPublication, Description = Say("Help.Publication") };
        _changePublication = new("--change-publication") { Description = Say("Help.ChangePublication") };
        _schemas = new("--schema") { HelpName = "S", Description = Say("Help.Schema") };
        _tables = new("--table") { HelpName = "S.T", Description = Say("Help.Table") };
        _wholeSchemas = new("--all-tables-of-schema") { HelpName = "S", Description = Say("Help.WholeSchema") };
        _noFuture = new("--no-future-tables") { Description = Say("Help.NoFutureTables") };
        _full = new("--identity-full") { HelpName = "S.T", Description = Say("Help.IdentityFull") };
        _grows = new("--only-grows") { HelpName = "S.T", Description = Say("Help.OnlyGrows") };
        _region = new("--region") { HelpName = "aws:eu-central-1", Description = Say("Help.Region") };
        _serviceCreated = new("--service-created") { HelpName = "YYYY-MM-DD", Description = Say("Help.ServiceCreated") };
        _auth = new("--auth") { HelpName = "password|iam", DefaultValueFactory = _ => Password, Description = Say("Help.Auth") };
        _auth.TakesOneOf([Password, Iam], culture);
        _iamRole = new("--iam-role") { HelpName = "ARN", Description = Say("Help.IamRole") };
        _pipe = new(culture);
        _asText = new("--password-as-text") { Description = Say("Help.PasswordAsText") };
    }

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [_user, _publication, _changePublication, _schemas, _tables, _wholeSchemas, _noFuture, _full, _grows, _region, _serviceCreated, _auth, _iamRole, _asText, .. _pipe.All];

    /// <summary>Those that a prepared plan has said already; how a password is sent is for who sends it.</summary>
    public IEnumerable<Option> Planned => All.Where(o => o != _asText);

    public void AddTo(Command command)
    {
        foreach (var option in All)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The goal of a prepared plan, with what is left to say about it.</summary>
    public SetupGoal Goal(ParseResult parsed, SetupGoal prepared) => prepared with { SendPasswordAsText = parsed.GetValue(_asText) };

    /// <summary>The goal.</summary>
    /// <exception cref="UsageException">A name cannot be one.</exception>
    public SetupGoal Goal(ParseResult parsed, string? provider) => new()
    {
        Provider = provider,
        User = Given("--user", parsed.GetValue(_user)),
        Publication = Given("--publication", parsed.GetValue(_publication)),
        FutureTables = !parsed.GetValue(_noFuture),
        ChangePublication = parsed.GetValue(_changePublication),
        Schemas = [.. (parsed.GetValue(_schemas) ?? []).Select(s => Name("--schema", s)).Distinct(StringComparer.Ordinal)],
        Tables = [.. (parsed.GetValue(_tables) ?? []).Select(t => Table("--table", t)).Distinct()],
        WholeSchemas = [.. (parsed.GetValue(_wholeSchemas) ?? []).Select(s => Name("--all-tables-of-schema", s)).Distinct(StringComparer.Ordinal)],
        Identities = Identities(parsed.GetValue(_full) ?? [], parsed.GetValue(_grows) ?? []),
        Region = Region(parsed.GetValue(_region)),
        ServiceAge = Age(Region(parsed.GetValue(_region)), parsed.GetValue(_serviceCreated)),
        Authentication = Login(parsed.GetValue(_auth), provider),
        SendPasswordAsText = parsed.GetValue(_asText),
        IamRoleArn = Role(parsed.GetValue(_iamRole), parsed.GetValue(_auth)),
        Pipe = Pipe(parsed),
    };

    /// <summary>That a table only grows is consent to something, and asks for nothing by itself.</summary>
    private List<IdentityChoice> Identities(string[] full, string[] grows)
    {
        var growing = grows.Select(t => Table("--only-grows", t)).ToHashSet();
        var choices = full.Select(t => Table("--identity-full", t)).Distinct().Select(t => new IdentityChoice(t, IdentityKind.Full, OnlyGrows: growing.Remove(t))).ToList();
        return growing.Count == 0 ? choices : throw new UsageException(Say("Cli.GrowsNeedsFull", ("table", growing.Min())));
    }

    private string Given(string option, string? name) => PgIdentifier.CanBeGiven(name)
        ? name!
        : throw new UsageException(Say("Cli.NotGiven", ("option", option), ("value", name)));

    private string Name(string option, string? name) => PgIdentifier.IsValid(name)
        ? name!
        : throw new UsageException(Say("Cli.BadName", ("option", option), ("value", name)));

    private TableRef Table(string option, string text) =>
        TableRef.TryParse(text, out var table) && PgIdentifier.IsValid(table.Schema) && PgIdentifier.IsValid(table.Name)
            ? table
            : throw new UsageException(Say("Cli.BadTable", ("option", option), ("value", text)));

    private string? Region(string? region) => region is null || ClickPipesRegions.IsRegion(region)
        ? region?.ToLowerInvariant()
        : throw new UsageException(Say("Cli.BadRegion", ("value", region)));

    private PipeSettings Pipe(ParseResult parsed) => _pipe.Settings(parsed) is var pipe && pipe.Tls == PipeTls.Off && parsed.GetValue(_auth) == Iam
        ? throw new UsageException(Say("Cli.IamNeedsTls"))
        : pipe;

    /// <summary>A provider that was only detected is judged by SW301.</summary>
    private LoginMethod Login(string? auth, string? provider) => auth != Iam ? LoginMethod.Password
        : ProviderCatalog.Find(provider) is not { Iam: null } named ? LoginMethod.Iam
        : throw new UsageException(Say("Cli.NoIam", ("provider", named.Name)));

    private string? Role(string? arn, string? auth) =>
        arn is null ? null
        : auth != Iam ? throw new UsageException(Say("Cli.RoleNeedsIam"))
        : IamRoleArn.IsValid(arn) ? arn
        : throw new UsageException(Say("Cli.BadArn", ("value", arn)));

    private ServiceAge Age(string? region, string? created)
    {
        if (created is null)
        {
            return ServiceAge.NotSure;
        }

        if (region is null)
        {
            throw new UsageException(Say("Cli.DateNeedsRegion"));
        }

        return DateOnly.TryParseExact(created, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? ClickPipesRegions.AgeOf(region, day)
            : throw new UsageException(Say("Cli.BadDate", ("value", created)));
    }

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);
}
