using System.Globalization;
using System.Net;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Network;

/// <summary>
/// SW501: the addresses ClickPipes comes from are let in. What a server's own rules say is judged where they can be read; a firewall in front
/// of it cannot be seen from here, and the finding says so.
/// </summary>
public sealed class AllowList : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.AllowList;

    /// <inheritdoc/>
    public Area Area => Area.Network;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["no-line", "rejected", "one-list", "file-error", "host-names", "unseen", "private-path", "private-host", "no-region"];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        yield return Judge(context);
    }

    private Finding Judge(RequirementContext context)
    {
        var goal = context.Goal;
        if (goal.Network != NetworkPath.Public)
        {
            return this.Finding(FindingState.NotApplicable, "private-path");
        }

        // Behind a tunnel the address is the tunnel's.
        var hosts = context.Snapshot.Addresses.Select(a => IPAddress.TryParse(a, out var address) ? address : null).OfType<IPAddress>().ToList();
        if (context.Endpoint.ConsoleHost is null && hosts.Count > 0 && !hosts.Exists(IpScope.IsPublic))
        {
            return this.Finding(FindingState.NotApplicable, "private-host", ("host", context.Endpoint.Host), ("address", string.Join(", ", hosts)));
        }

        if (ClickPipesRegions.For(goal) is not { } service)
        {
            return this.Finding(FindingState.NotApplicable, "no-region");
        }

        return context.Snapshot.Access is { } access
            ? ByRules(context, access, service)
            : Open(context, service.Addresses, "unseen");
    }

    private Finding ByRules(RequirementContext context, AccessFacts access, ServiceAddresses service)
    {
        var addresses = service.Addresses;
        if (access.Rules.FirstOrDefault(r => r.Error is not null) is { } broken)
        {
            return this.Finding(FindingState.Warning, "file-error", ("line", Number(broken)), ("error", broken.Error)) with { Actual = broken.Error!, Confidence = Confidence.Likely };
        }

        var tls = context.Snapshot.Setting("ssl") != "off";
        var decisions = addresses.ToDictionary(a => a, a => AccessDecision.For(access, tls, context.Endpoint.Database, context.Goal.User, IPAddress.Parse(a)), StringComparer.Ordinal);
        if (decisions.Values.FirstOrDefault(d => d.Answer == AccessAnswer.Unclear) is { } unclear)
        {
            return Open(context, addresses, "host-names", ("line", Number(unclear.Line!)), ("rule", unclear.Line!.Text));
        }

        var refused = addresses.Where(a => decisions[a].Answer != AccessAnswer.LetIn).ToList();
        (string, object?)[] arguments = [("user", context.Goal.User), ("database", context.Endpoint.Database), ("region", new RegionNames(service.Region)), ("total", addresses.Count)];
        if (refused.Count == 0)
        {
            return this.Satisfied(arguments) with { Confidence = Confidence.Likely, Actual = "let in", Evidence = [new Evidence("pg_hba.conf", decisions[addresses[0]].Line!.Text)] };
        }

        // A service is served from one of its lists; all of one is enough for some services.
        var whole = service.Lists.Any(l => !l.Addresses.Intersect(refused).Any());
        var rejecting = refused.Select(a => decisions[a].Line).FirstOrDefault(l => l is not null);
        return this.Finding(
            whole ? FindingState.Warning : FindingState.Blocking,
            whole ? "one-list" : rejecting is null ? "no-line" : "rejected",
            [
                .. arguments,
                ("line", rejecting is null ? null : Number(rejecting)),
                ("rule", rejecting?.Text),
                ("lists", new RegionNames([.. service.Lists.Select(static l => l.Id)])),
            ]) with
        {
            Actual = rejecting?.Text ?? "no line",
            Desired = PgHba.Line(context.Endpoint.Database, context.Goal.User, refused[0], tls),
            Subjects = [.. refused.Select(a => new Subject(SubjectKind.Address, a))],
            Fixes = Guide(context, refused, tls),
        };
    }

    /// <summary>Open, and nobody's fault: nothing that can be read from here says whether ClickPipes gets through.</summary>
    private Finding Open(RequirementContext context, IReadOnlyList<string> addresses, string situation, params (string Name, object? Value)[] arguments) =>
        this.Finding(
            FindingState.Unknown,
            situation,
            [.. arguments, ("host", context.Endpoint.ShownHost), ("region", new RegionNames(context.Goal.Region!)), ("addresses", string.Join(", ", addresses))]) with
        {
            Confidence = Confidence.OnlyClickPipesCanTell,
            Subjects = [.. addresses.Select(static a => new Subject(SubjectKind.Address, a))],
            Fixes = Guide(context, addresses, tls: true),
        };

    private static string Number(AccessRuleFact rule) => rule.Line.ToString(CultureInfo.InvariantCulture);

    /// <summary>The provider's own guide to its doors, with these addresses in it.</summary>
    private IReadOnlyList<Change> Guide(RequirementContext context, IReadOnlyList<string> addresses, bool tls) => context.Provider.NetworkGuide is not { } guide ? [] :
    [
        new ConsoleChange
        {
            For = Id,
            Kind = "allow-list",
            Phase = ChangePhase.Parameters,
            GuideId = guide,
            Arguments = Verdicts.Args(
                ("addresses", string.Join(", ", addresses)),
                ("addressList", string.Join(' ', addresses)),
                ("hbaLines", string.Join('\n', addresses.Select(a => PgHba.Line(context.Endpoint.Database, context.Goal.User, a, tls))))),
        },
    ];
}
