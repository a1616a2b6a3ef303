using System.Globalization;
using System.Text.Json.Serialization;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.HandOff;

/// <summary>Which server a plan was made for.</summary>
/// <param name="Host">Its name as a person knows it.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">The database.</param>
/// <param name="Version">PostgreSQL's version, as the server says it.</param>
/// <param name="Identity">Which database of which server it is, whatever it is called; null where the server did not tell.</param>
public sealed record PlanServer(string Host, int Port, string Database, string Version, ServerIdentity? Identity = null);

/// <summary>A statement as it was needed when the file was made. The wizard shows and compares it and never runs it; a psql script is made from it.</summary>
/// <param name="Code">The requirement it serves.</param>
/// <param name="Kind">What it does (<c>create-user</c>).</param>
/// <param name="Sql">The statement as shown: a password in it is dots.</param>
/// <param name="Undo">What takes it back; null when nothing does.</param>
/// <param name="RunBy">The role that has to run it; null when the administrator the file is for can at once, its name when it can after the statements before.</param>
/// <param name="Why">What it does, in the language of whoever made the file.</param>
public sealed record PlanStatement(string Code, string Kind, string Sql, string? Undo, string? RunBy, string Why)
{
    /// <summary>When it is run: neighbours of one phase share a transaction.</summary>
    public ChangePhase Phase { get; init; }

    /// <summary>A boolean SQL expression that is true while it is needed; null when running it again is harmless.</summary>
    public string? NeededWhen { get; init; }

    /// <summary>A boolean SQL expression that is true while somebody else needs what this takes back. Only what takes something back has one, and no file holds that.</summary>
    [JsonIgnore]
    public string? KeptWhile { get; init; }

    /// <summary>The table whose UPDATE and DELETE have to go on with the publications there are by then: a script looks right behind the statement, when its locks are held. No file holds that.</summary>
    [JsonIgnore]
    public TableRef? UpdatesOf { get; init; }

    /// <summary>What it does to others; null in a file that does not say.</summary>
    public ChangeRisk? Risk { get; init; }

    /// <summary>Whether the server has to restart for it; null in a file that does not say.</summary>
    public RestartNeed? Restart { get; init; }

    /// <summary>False for what refuses to run in a transaction.</summary>
    public bool Transactional { get; init; } = true;

    /// <summary>It shares its transaction with no other.</summary>
    public bool OwnTransaction { get; init; }

    /// <summary>The statement of a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="culture">The language of <see cref="Why"/>.</param>
    public static PlanStatement Of(SqlChange change, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(change);
        return new PlanStatement(change.For.Code, change.Kind, change.Statement.Display, change.Undo?.Display, change.RunBy, FindingText.Title(change, culture))
        {
            Phase = change.Phase,
            Risk = change.Risk,
            Restart = change.Restart,
            NeededWhen = change.NeededWhen,
            KeptWhile = change.KeptWhile,
            UpdatesOf = change.UpdatesOf,
            Transactional = change.Transactional,
            OwnTransaction = change.OwnTransaction,
        };
    }

    /// <summary>
    /// All statements of a plan in their order, those for other roles last. One of this login's own that waits for others stands among these, where it has
    /// to be run.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="login">The login it is for; null when nobody knows.</param>
    /// <param name="culture">The language of the reasons.</param>
    public static IReadOnlyList<PlanStatement> Of(SetupPlan plan, string? login, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [.. plan.Changes.Select(c => Of(c, culture)), .. plan.Afterwards.Select(c => Of(c, culture) with { RunBy = c.RunBy ?? login ?? "" })];
    }
}

/// <summary>What a person does in the provider's console, in words of whoever made the file.</summary>
/// <param name="Code">The requirement it serves.</param>
/// <param name="Title">What it does.</param>
/// <param name="Steps">The instructions in order, with their values.</param>
public sealed record PlanGuide(string Code, string Title, IReadOnlyList<string> Steps)
{
    /// <summary>Whether the server has to restart for it; null in a file that does not say.</summary>
    public RestartNeed? Restart { get; init; }

    /// <summary>The guides of a plan.</summary>
    public static IReadOnlyList<PlanGuide> Of(Inspection inspection, SetupPlan plan, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(plan);
        return [.. plan.ConsoleChanges.Select(c => Of(inspection, c, culture))];
    }

    private static PlanGuide Of(Inspection inspection, ConsoleChange change, CultureInfo culture)
    {
        var guide = GuideText.For(inspection, change, culture);
        return new PlanGuide(change.For.Code, guide.Title, [.. guide.Steps.Select(s => s.Sentence + (s.Value is null ? "" : "  " + s.Value))]) { Restart = change.Restart };
    }
}

/// <summary>
/// A plan that travels from somebody without rights to somebody with them: what is wanted, where, and what was needed when it was made.
/// There is no place for a secret in it.
/// </summary>
public sealed record PlanFile
{
    /// <summary>The longest <see cref="Note"/>, in characters.</summary>
    public const int MostNote = 500;

    /// <summary>What is wanted. Whoever opens the file plans from this, on the server as it is then.</summary>
    public required SetupGoal Goal { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Provider { get; init; }

    /// <summary>The server it was made for.</summary>
    public required PlanServer Server { get; init; }

    /// <summary>The administrator the statements are for; null in a file that does not say.</summary>
    public string? RunAs { get; init; }

    /// <summary>Who asks for it and why, in their own words; null in a file that does not say.</summary>
    public string? Note { get; init; }

    /// <summary>The statements in order, those for other roles last.</summary>
    public required IReadOnlyList<PlanStatement> Statements { get; init; }

    /// <summary>What somebody does in the provider's console.</summary>
    public IReadOnlyList<PlanGuide> Guides { get; init; } = [];

    /// <summary>The fingerprint of the plan (<see cref="SetupPlan.Fingerprint"/>).</summary>
    public required string Fingerprint { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The version of the wizard that made it.</summary>
    public required string MadeWith { get; init; }

    /// <summary>The file of a plan.</summary>
    /// <param name="inspection">The reading the plan is for; it has facts.</param>
    /// <param name="plan">The plan.</param>
    /// <param name="madeAt">Now.</param>
    /// <param name="culture">The language of the reasons.</param>
    public static PlanFile Of(Inspection inspection, SetupPlan plan, DateTimeOffset madeAt, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(plan);
        return new PlanFile
        {
            // Addresses are for networks, which no plan of statements touches; and a password is never asked to travel in the clear.
            Goal = inspection.Goal with { PublishedAddresses = null, SendPasswordAsText = false },
            Provider = plan.Provider,
            Server = new PlanServer(inspection.Endpoint.ShownHost, inspection.Endpoint.Port, inspection.Endpoint.Database, inspection.Snapshot?.Server.Version ?? "", ServerIdentity.Of(inspection.Snapshot)),
            RunAs = inspection.Snapshot?.Server.CurrentUser,
            Statements = PlanStatement.Of(plan, inspection.Snapshot?.Server.CurrentUser, culture),
            Guides = PlanGuide.Of(inspection, plan, culture),
            Fingerprint = plan.Fingerprint,
            MadeAt = madeAt,
            MadeWith = ProductVersion.Text,
        };
    }
}
