using SetupWizard.Core.Model;

namespace SetupWizard.Core.HandOff;

/// <summary>Which server a plan was made for.</summary>
/// <param name="Host">Its name as a person knows it.</param>
/// <param name="Port">Its port.</param>
/// <param name="Database">The database.</param>
/// <param name="Version">PostgreSQL's version, as the server says it.</param>
public sealed record PlanServer(string Host, int Port, string Database, string Version);

/// <summary>A statement as it was needed when the file was made. It is shown and compared; it is never run.</summary>
/// <param name="Code">The requirement it serves.</param>
/// <param name="Kind">What it does (<c>create-user</c>).</param>
/// <param name="Sql">The statement as shown: a password in it is dots.</param>
/// <param name="Undo">What takes it back; null when nothing does.</param>
/// <param name="RunBy">The role that had to run it; null when the login that made the file could.</param>
/// <param name="Why">What is so, in the language of whoever made the file.</param>
public sealed record PlanStatement(string Code, string Kind, string Sql, string? Undo, string? RunBy, string Why);

/// <summary>
/// A plan that travels from somebody without rights to somebody with them: what is wanted, where, and what was needed when it was made.
/// There is no place for a secret in it.
/// </summary>
public sealed record PlanFile
{
    /// <summary>What is wanted. Whoever opens the file plans from this, on the server as it is then.</summary>
    public required SetupGoal Goal { get; init; }

    /// <summary>The provider's id.</summary>
    public required string Provider { get; init; }

    /// <summary>The server it was made for.</summary>
    public required PlanServer Server { get; init; }

    /// <summary>The statements in order, whoever runs them.</summary>
    public required IReadOnlyList<PlanStatement> Statements { get; init; }

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
    public static PlanFile Of(Inspection inspection, SetupPlan plan, DateTimeOffset madeAt, System.Globalization.CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        ArgumentNullException.ThrowIfNull(plan);
        return new PlanFile
        {
            // Addresses are for networks, which no plan of statements touches; and a password is never asked to travel in the clear.
            Goal = inspection.Goal with { PublishedAddresses = null, SendPasswordAsText = false },
            Provider = plan.Provider,
            Server = new PlanServer(inspection.Endpoint.ShownHost, inspection.Endpoint.Port, inspection.Endpoint.Database, inspection.Snapshot?.Server.Version ?? ""),
            Statements =
            [
                .. plan.Changes.Concat(plan.HandOff).Select(c =>
                    new PlanStatement(c.For.Code, c.Kind, c.Statement.Display, c.Undo?.Display, c.RunBy, Text.FindingText.Title(c, culture))),
            ],
            Fingerprint = plan.Fingerprint,
            MadeAt = madeAt,
            MadeWith = typeof(PlanFile).Assembly.GetName().Version?.ToString(3) ?? "",
        };
    }
}
