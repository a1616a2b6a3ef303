using System.Globalization;
using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Source;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements;

/// <summary>
/// SW301: the ClickPipes user exists and can log in often enough. The password of a user that exists is never touched without being asked.
/// See <see href="https://www.postgresql.org/docs/current/sql-createrole.html"/>.
/// </summary>
public sealed class ClickPipesUser : IRequirement
{
    /// <summary>Connections a pipe may open at once during its initial load.</summary>
    public const int NeededConnections = 6;

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.User;

    /// <inheritdoc/>
    public WizardStep Step => WizardStep.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["missing", "missing-as-text", "invalid-name", "no-login", "expired", "connection-limit", "reset-password", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.Blind(context, "pg_roles") is { } blind)
        {
            return [blind];
        }

        var name = context.Goal.User;
        if (!PgIdentifier.IsValid(name) || name.StartsWith("pg_", StringComparison.Ordinal) || name is "public" or "none")
        {
            return [this.Say(FindingState.Blocking, "invalid-name", ("user", name), ("bytes", Encoding.UTF8.GetByteCount(name))) with { Actual = name }];
        }

        if (context.Snapshot.Role(name) is not { } role)
        {
            var asText = context.Goal.SendPasswordAsText || !context.Provider.AcceptsVerifier;
            return [this.Say(FindingState.Blocking, asText ? "missing-as-text" : "missing", ("user", name)) with { Actual = "missing", Desired = name, Fixes = [UserChanges.Create(context)] }];
        }

        var findings = new List<Finding>();
        if (!role.CanLogin)
        {
            findings.Add(Broken(context, role, "no-login", "allow-login", "LOGIN", "NOLOGIN"));
        }

        if (role.ValidUntil is { } until && until <= context.Snapshot.ReadAt)
        {
            findings.Add(Broken(context, role, "expired", "lift-expiry", "VALID UNTIL 'infinity'", "VALID UNTIL " + UserChanges.Literal(until)));
        }

        if (role.ConnectionLimit is >= 0 and < NeededConnections)
        {
            var undo = "CONNECTION LIMIT " + role.ConnectionLimit.ToString(CultureInfo.InvariantCulture);
            findings.Add(Broken(context, role, "connection-limit", "lift-connection-limit", "CONNECTION LIMIT -1", undo));
        }

        if (context.Goal.ResetPassword)
        {
            findings.Add(this.Say(FindingState.Warning, "reset-password", ("user", name)) with
            {
                Fixes = [UserChanges.Alter(context, role, "set-password", "PASSWORD " + SqlText.PasswordHole, null, Id)],
            });
        }

        return findings.Count > 0 ? findings : [this.Ok(("user", name)) with { Actual = name, Desired = name }];
    }

    private Finding Broken(RequirementContext context, RoleFact role, string situation, string kind, string clause, string undo) =>
        this.Say(
            FindingState.Blocking,
            situation,
            ("user", role.Name),
            ("until", role.ValidUntil?.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)),
            ("limit", role.ConnectionLimit),
            ("needed", NeededConnections)) with
        {
            Subjects = [new Subject(SubjectKind.Role, role.Name)],
            Actual = undo,
            Desired = clause,
            Fixes = [UserChanges.Alter(context, role, kind, clause, undo, Id)],
        };
}
