using System.Globalization;
using System.Text.RegularExpressions;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Providers;

/// <summary>The names a console guide shows: the user's own where they are known, else a placeholder in angle brackets.</summary>
public static partial class GuideArguments
{
    /// <summary>Every name a guide may use.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "host", "port", "database", "user", "instance", "region", "group", "family", "major", "setting", "value", "addresses", "hbaLines", "pipesRegion",
        "account", "resource", "role", "serviceRole", "policyName", "policyUser", "shellUser", "trustPolicy", "connectPolicy",
    ];

    /// <summary>Lists that a guide's code may repeat lines over, beside <see cref="Names"/>.</summary>
    public static IReadOnlyList<string> Lists { get; } = ["address", "hbaLine"];

    /// <summary>The names whose value is not known and stands in angle brackets in <paramref name="value"/>.</summary>
    public static IEnumerable<string> Unknown(string value) => Placeholder().Matches(value).Select(static m => m.Groups[1].Value);

    /// <summary>Values for all of <see cref="Names"/>.</summary>
    /// <param name="profile">The provider.</param>
    /// <param name="endpoint">The source: its console's host name gives instance and region away.</param>
    /// <param name="snapshot">The facts, when the source was read: they give the major version.</param>
    /// <param name="change">What the guide is for; null for the network guide.</param>
    /// <param name="goal">What is wanted: the user, and the region whose addresses are to be allowed.</param>
    public static IReadOnlyDictionary<string, object?> For(ProviderProfile profile, SourceEndpoint endpoint, SourceSnapshot? snapshot, ConsoleChange? change, SetupGoal? goal = null)
    {
        ArgumentNullException.ThrowIfNull(profile);
        ArgumentNullException.ThrowIfNull(endpoint);
        var values = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var name in Names)
        {
            values[name] = "<" + name + ">";
        }

        // The major version has no name of its own in a console.
        var major = snapshot?.Server.Major.ToString(CultureInfo.InvariantCulture) ?? "<version>";
        values["major"] = major;
        values["family"] = profile.ParameterFamily + major;
        values["group"] = "clickpipes-postgres" + snapshot?.Server.Major.ToString(CultureInfo.InvariantCulture);

        // A proxy's own name would lead the way to the proxy again.
        values["host"] = endpoint.ConsoleHost is null && ProviderCatalog.PoolerAt(endpoint) is { Host: not null } pooler
            ? ProviderCatalog.DirectEndpoint(endpoint, pooler)?.Host ?? values["host"]
            : profile.WriterOf(endpoint.ShownHost) is { } writer && !writer.Contains('<', StringComparison.Ordinal) ? writer
            : endpoint.ShownHost;
        values["port"] = endpoint.Port.ToString(CultureInfo.InvariantCulture);
        values["database"] = endpoint.Database;
        values["user"] = goal?.User ?? SetupGoal.DefaultUser;
        foreach (var (name, value) in profile.NamesFromHost(endpoint.ShownHost))
        {
            values[name] = value;
        }

        foreach (var (name, value) in change?.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            values[name] = value ?? values.GetValueOrDefault(name);
        }

        IamPolicies.AddTo(values, goal);
        values["setting"] = change?.Setting ?? values["setting"];
        values["value"] = change?.Value ?? values["value"];
        values["restart"] = change?.Restart == RestartNeed.Restart ? "yes" : "";
        values["immediate"] = change?.Restart == RestartNeed.Restart ? "" : "yes";
        values["pipesRegion"] = ClickPipesRegions.For(goal)?.Lists.FirstOrDefault(static l => l.Cloud == "aws")?.Region ?? values["pipesRegion"];
        IReadOnlyList<string> addresses = ClickPipesRegions.AddressesFor(goal) is { Count: > 0 } known ? known : ["<address>"];
        SetUnlessGiven("addresses", string.Join(", ", addresses));
        SetUnlessGiven("addressList", string.Join(' ', addresses));
        SetUnlessGiven("hbaLines", string.Join('\n', addresses.Select(a => PgHba.Line(endpoint.Database, goal?.User ?? SetupGoal.DefaultUser, a))));
        values["address"] = ((string)values["addressList"]!).Split(' ');
        values["hbaLine"] = ((string)values["hbaLines"]!).Split('\n');
        return values;

        // A change may be about some of the addresses only.
        void SetUnlessGiven(string name, string value)
        {
            if (change?.Arguments.ContainsKey(name) != true)
            {
                values[name] = value;
            }
        }
    }

    [GeneratedRegex("<(instance|region|version|address|setting|value|database|user|account|resource|service-role-id|pipesRegion|host)>")]
    private static partial Regex Placeholder();
}
