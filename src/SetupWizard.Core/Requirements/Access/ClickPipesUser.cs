using System.Globalization;
using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Access;

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
    public Area Area => Area.Access;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } =
    [
        "missing", "missing-as-text", "missing-text-needed", "missing-iam", "iam-not-offered", "iam-role-missing", "not-iam", "iam-member", "iam-inherited", "other-proof",
        "invalid-name", "no-login", "expired", "connection-limit", "reset-password", "reset-as-text", "reset-text-needed", Verdicts.UnreadableCase,
    ];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_roles") is { } blind)
        {
            return [blind];
        }

        var name = context.Goal.User;
        if (!PgIdentifier.CanBeUser(name))
        {
            return [this.Finding(FindingState.Blocking, "invalid-name", ("user", name), ("bytes", Encoding.UTF8.GetByteCount(name))) with { Actual = name }];
        }

        var withIam = context.Goal.Authentication == LoginMethod.Iam;
        var login = Login(context);
        if (withIam && login is { Fixes.Count: 0 })
        {
            return [login];
        }

        if (context.Snapshot.Role(name) is not { } role)
        {
            if (withIam)
            {
                return
                [
                    this.Finding(FindingState.Blocking, "missing-iam", ("user", name), ("role", context.Provider.Iam?.Role)) with
                    {
                        Actual = "missing",
                        Desired = name,
                        Fixes = [UserChanges.Create(context), .. login?.Fixes ?? []],
                    },
                ];
            }

            var situation = context.Goal.SendPasswordAsText ? "missing-as-text" : TextNeededBy(context) is null ? "missing" : "missing-text-needed";
            return
            [
                this.Finding(FindingState.Blocking, situation, ("user", name), ("service", TextNeededBy(context))) with
                {
                    Actual = "missing",
                    Desired = name,
                    Fixes = [UserChanges.Create(context)],
                },
            ];
        }

        var findings = new List<Finding>();
        if (!role.CanLogin)
        {
            findings.Add(Broken(context, role, "no-login", "allow-login", "LOGIN", "NOLOGIN", LeftStates.Flag(name, "rolcanlogin", true)));
        }

        if (login is not null)
        {
            findings.Add(login);
        }

        findings.AddRange(OtherProofs(context));

        // The date is the password's; a token has its own.
        if (!withIam && role.ValidUntil is { } until && until <= context.Snapshot.ReadAt)
        {
            findings.Add(Broken(context, role, "expired", "lift-expiry", "VALID UNTIL 'infinity'", "VALID UNTIL " + UserChanges.Literal(until), UserChanges.Expiry(name, until)));
        }

        if (role.ConnectionLimit is >= 0 and < NeededConnections)
        {
            var limit = role.ConnectionLimit.ToString(CultureInfo.InvariantCulture);
            findings.Add(Broken(context, role, "connection-limit", "lift-connection-limit", "CONNECTION LIMIT -1", "CONNECTION LIMIT " + limit, LeftStates.Attribute(name, "r.rolconnlimit::pg_catalog.text", limit, "-1")));
        }

        if (context.Goal.ResetPassword && !withIam)
        {
            var situation = context.Goal.SendPasswordAsText ? "reset-as-text" : TextNeededBy(context) is null ? "reset-password" : "reset-text-needed";
            findings.Add(this.Finding(FindingState.Warning, situation, ("user", name), ("service", TextNeededBy(context))) with
            {
                Fixes = [UserChanges.Alter(context, role, "set-password", "PASSWORD " + SqlText.PasswordHole, null, Id) with { Risk = UserChanges.PasswordRisk(context) }],
            });
        }

        return findings.Count > 0 ? findings : [this.Satisfied(("user", name)) with { Actual = name, Desired = name }];
    }

    /// <summary>The service that will refuse a verifier; null when none is known to.</summary>
    private static string? TextNeededBy(RequirementContext context) => context.Provider.TextPasswords
        .FirstOrDefault(s => s.Host.IsMatch(context.Endpoint.Host.TrimEnd('.')) || context.Snapshot.Role(s.Role) is not null)?.Name;

    /// <summary>What is wrong about how the user logs in; null when nothing is. Members of the provider's IAM role log in with a token and never with a password.</summary>
    private Finding? Login(RequirementContext context)
    {
        var wanted = context.Goal.Authentication == LoginMethod.Iam;
        if (context.Provider.Iam is not { } iam)
        {
            return wanted ? this.Finding(FindingState.Blocking, "iam-not-offered", ("provider", context.Provider.Name)) : null;
        }

        (string, object?)[] arguments = [("user", context.Goal.User), ("userSql", PgIdentifier.QuoteIfNeeded(context.Goal.User)), ("role", iam.Role), ("provider", context.Provider.Name)];
        if (context.Snapshot.Role(iam.Role) is not { } role)
        {
            return wanted ? this.Finding(FindingState.Blocking, "iam-role-missing", arguments) : null;
        }

        // A superuser counts as a member of everything without having been granted anything.
        var through = role.UserIsMemberThrough;
        var finding = (wanted, through.Count > 0) switch
        {
            (true, false) => this.Finding(FindingState.Blocking, "not-iam", arguments) with { Fixes = [UserChanges.GrantIam(context, iam.Role)] },
            (false, true) when through is [var direct] && direct == iam.Role => this.Finding(FindingState.Blocking, "iam-member", arguments) with { Fixes = [UserChanges.RevokeLoginRole(context, iam.Role)] },
            (false, true) => this.Finding(FindingState.Blocking, "iam-inherited", [.. arguments, ("through", string.Join(", ", through))]),
            _ => null,
        };
        return finding is null ? null : finding with
        {
            Subjects = [new Subject(SubjectKind.Role, context.Goal.User)],
            Actual = through.Count > 0 ? iam.Role : "",
            Desired = wanted ? iam.Role : "",
        };
    }

    /// <summary>Roles beside the one for IAM whose members log in with neither a password nor a token that ClickPipes has.</summary>
    private IEnumerable<Finding> OtherProofs(RequirementContext context) => context.Provider.LoginRoles
        .Where(r => r != context.Provider.Iam?.Role)
        .Select(r => (Role: r, Through: context.Snapshot.Role(r)?.UserIsMemberThrough ?? []))
        .Where(static r => r.Through.Count > 0)
        .Select(r => this.Finding(
            FindingState.Blocking,
            "other-proof",
            ("user", context.Goal.User),
            ("role", r.Role),
            ("provider", context.Provider.Name),
            ("through", string.Join(", ", r.Through))) with
        {
            Subjects = [new Subject(SubjectKind.Role, context.Goal.User)],
            Actual = r.Role,
            Fixes = r.Through is [var direct] && direct == r.Role ? [UserChanges.RevokeLoginRole(context, r.Role)] : [],
        });

    private Finding Broken(RequirementContext context, RoleFact role, string situation, string kind, string clause, string undo, LeftState leaves) =>
        this.Finding(
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
            Fixes = [UserChanges.Alter(context, role, kind, clause, undo, Id, leaves)],
        };
}
