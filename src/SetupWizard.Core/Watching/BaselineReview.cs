using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;

namespace SetupWizard.Core.Watching;

/// <summary>Compares a new reading with the baseline of a finished set-up. Pure: no I/O, no clock; "now" is when the server was read.</summary>
public static class BaselineReview
{
    /// <summary>How long before a password expires that is reported.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    private const string DateFormat = "yyyy-MM-dd HH:mm 'UTC'";

    /// <summary>What differs, with the verdicts of the reading that have to do with it. A reading without facts tells nothing.</summary>
    public static BaselineComparison Compare(SetupBaseline baseline, Inspection now)
    {
        ArgumentNullException.ThrowIfNull(baseline);
        ArgumentNullException.ThrowIfNull(now);
        if (now.Snapshot is not { } snapshot)
        {
            return new BaselineComparison();
        }

        var differences = new DifferenceList(now);
        var refused = snapshot.Unreadable.Select(u => u.What).Where(w => w is "pg_settings" or "pg_db_role_setting" or "pg_roles" or "pg_publication" or "pg_class").ToList();
        bool Known(params string[] readings) => !readings.Any(refused.Contains);
        Server(differences, baseline, snapshot);
        if (Known("pg_settings"))
        {
            Settings(differences, baseline, snapshot);
        }

        // Of another user and another publication there is nothing to compare.
        var sameUser = baseline.UserName == now.Goal.User;
        if (!sameUser)
        {
            differences.Add("other-user", Area.Access, before: baseline.UserName, after: now.Goal.User);
        }
        else if (Known("pg_roles"))
        {
            User(differences, baseline, now, snapshot);
            if (Known("pg_db_role_setting"))
            {
                Attached(differences, baseline, snapshot);
            }
        }

        var samePublication = baseline.Publication.Name == now.Goal.Publication;
        if (!samePublication)
        {
            differences.Add("other-publication", Area.Tables, before: baseline.Publication.Name, after: now.Goal.Publication);
        }
        else if (Known("pg_publication"))
        {
            Publication(differences, baseline.Publication, snapshot.Publication);
        }

        if (Known("pg_class", "pg_roles"))
        {
            TableReview.Add(differences, baseline, now, snapshot, sameUser, samePublication && snapshot.Publication is not null && Known("pg_publication"));
        }

        return differences.Done(baseline, refused);
    }

    private static void Server(DifferenceList differences, SetupBaseline baseline, SourceSnapshot snapshot)
    {
        if (baseline.Version != snapshot.Server.VersionNumber)
        {
            differences.Add("server", Area.Connect, before: VersionOf(baseline.Version), after: snapshot.Server.Version, owners: [RequirementId.ServerVersion]);
        }

        if (baseline.InRecovery != snapshot.Server.InRecovery)
        {
            differences.Add(snapshot.Server.InRecovery ? "standby" : "primary", Area.Connect, owners: [RequirementId.Primary]);
        }

        var addresses = snapshot.Addresses.Order(StringComparer.Ordinal).ToList();
        if (baseline.Addresses.Count > 0 && addresses.Count > 0 && !baseline.Addresses.SequenceEqual(addresses))
        {
            differences.Add("addresses", Area.Network, before: string.Join(", ", baseline.Addresses), after: string.Join(", ", addresses), owners: [RequirementId.PublicAddress]);
        }

        if (baseline.CertificateIssuer is { } issuer && snapshot.CertificateIssuer is { } signed && issuer != signed)
        {
            differences.Add("certificate", Area.Network, before: issuer, after: signed, owners: [RequirementId.Tls, RequirementId.CertificateAuthority]);
        }
    }

    private static void Settings(DifferenceList differences, SetupBaseline baseline, SourceSnapshot snapshot)
    {
        // A parameter that only one of the two has came or went with a version.
        var now = BaselineFacts.SettingsOf(snapshot);
        foreach (var (name, before) in baseline.Settings.OrderBy(s => s.Key, StringComparer.Ordinal))
        {
            if (now.TryGetValue(name, out var after) && after != before && BaselineFacts.JudgeOf.TryGetValue(name, out var owner))
            {
                differences.Add("setting", Area.Replication, name, before, after, [owner]);
            }
        }

        // To what it was changed the server tells its superusers only.
        foreach (var name in BaselineFacts.WaitingOf(snapshot).Except(baseline.Waiting, StringComparer.Ordinal))
        {
            differences.Add("setting-waiting", Area.Replication, name, after: snapshot.Setting(name) ?? "", owners: [BaselineFacts.JudgeOf[name]], least: FindingState.Warning);
        }
    }

    private static void Attached(DifferenceList differences, SetupBaseline baseline, SourceSnapshot snapshot)
    {
        var database = snapshot.Server.Database;
        var before = baseline.Attached.ToLookup(s => WhereOf(s, database), s => s.Value);
        var after = BaselineFacts.AttachedOf(snapshot, baseline.UserName).ToLookup(s => WhereOf(s, database), s => s.Value);
        foreach (var where in before.Select(s => s.Key).Union(after.Select(s => s.Key)).Order(StringComparer.Ordinal))
        {
            var (was, stands) = (before[where].FirstOrDefault() ?? "", after[where].FirstOrDefault() ?? "");
            if (was != stands)
            {
                var judge = BaselineFacts.JudgeOf.TryGetValue(where[(where.LastIndexOf(' ') + 1)..], out var id) ? new[] { id } : [];
                differences.Add(was.Length == 0 ? "attached" : stands.Length == 0 ? "detached" : "attached-other", Area.Access, where, was, stands, judge);
            }
        }
    }

    private static void User(DifferenceList differences, SetupBaseline baseline, Inspection now, SourceSnapshot snapshot)
    {
        if (snapshot.Role(baseline.UserName) is not { } role)
        {
            differences.Add("user-gone", Area.Access, owners: [RequirementId.User]);
            return;
        }

        var (before, after) = (baseline.User, BaselineFacts.UserOf(role, snapshot, now.Provider));
        if (!before.Attributes.SequenceEqual(after.Attributes))
        {
            differences.Add(
                "user-attributes", Area.Access, before: List(before.Attributes), after: List(after.Attributes),
                owners: [RequirementId.User, RequirementId.ReplicationPrivilege, RequirementId.RowSecurity, RequirementId.LeastPrivilege]);
        }

        if (!before.Roles.SequenceEqual(after.Roles))
        {
            differences.Add("user-roles", Area.Access, before: List(before.Roles), after: List(after.Roles), owners: [RequirementId.User, RequirementId.ReplicationPrivilege]);
        }

        if (before.ConnectionLimit != after.ConnectionLimit)
        {
            differences.Add("user-limit", Area.Access, before: Limit(before.ConnectionLimit), after: Limit(after.ConnectionLimit), owners: [RequirementId.User]);
        }

        // The date is the password's; a token has its own.
        if (now.Goal.Authentication != LoginMethod.Iam)
        {
            Expiry(differences, before.ValidUntil, after.ValidUntil, snapshot.ReadAt);
        }
    }

    private static void Expiry(DifferenceList differences, DateTimeOffset? before, DateTimeOffset? after, DateTimeOffset now)
    {
        var (was, stands) = (Date(before), Date(after));
        if (after is { } until && until <= now)
        {
            differences.Add("user-expired", Area.Access, before: was, after: stands, owners: [RequirementId.User]);
        }
        else if (after is { } soon && soon <= now + Soon)
        {
            differences.Add("user-expires", Area.Access, before: was, after: stands, owners: [RequirementId.User], least: FindingState.Warning);
        }
        else if (before != after)
        {
            differences.Add(after is null ? "user-expiry-lifted" : "user-expiry", Area.Access, before: was, after: stands, owners: [RequirementId.User]);
        }
    }

    private static void Publication(DifferenceList differences, PublicationFact before, PublicationFact? after)
    {
        if (after is null)
        {
            differences.Add("publication-gone", Area.Tables, owners: [RequirementId.Publication]);
            return;
        }

        void Compare(string situation, string was, string stands, params RequirementId[] owners)
        {
            if (was != stands)
            {
                differences.Add(situation, Area.Tables, before: was, after: stands, owners: owners);
            }
        }

        Compare("publication-owner", before.Owner, after.Owner);
        Compare("publication-operations", Or(BaselineFacts.OperationsOf(before)), Or(BaselineFacts.OperationsOf(after)), RequirementId.PublicationOperations);
        Compare("publication-all-tables", OnOff(before.AllTables), OnOff(after.AllTables), RequirementId.PublicationTables);
        Compare("publication-via-root", OnOff(before.ViaRoot), OnOff(after.ViaRoot), RequirementId.PartitionRoot);
        Compare("publication-generated", before.GeneratedColumns ? "stored" : "none", after.GeneratedColumns ? "stored" : "none", RequirementId.GeneratedColumns);
        Compare("publication-schemas", List(before.Schemas), List(after.Schemas), RequirementId.PublicationTables);
    }

    /// <summary>The statement that attached it, up to the value; the setting's name is the last word.</summary>
    private static string WhereOf(RoleSettingFact setting, string database) => setting switch
    {
        { Role: { } role, InDatabase: true } => $"ALTER ROLE {role} IN DATABASE {database} SET {setting.Name}",
        { Role: { } role } => $"ALTER ROLE {role} SET {setting.Name}",
        { InDatabase: true } => $"ALTER DATABASE {database} SET {setting.Name}",
        _ => $"ALTER ROLE ALL SET {setting.Name}",
    };

    private static string VersionOf(int number) => string.Create(CultureInfo.InvariantCulture, $"{number / 10000}.{number % 10000}");

    private static string Date(DateTimeOffset? at) => at?.UtcDateTime.ToString(DateFormat, CultureInfo.InvariantCulture) ?? "-";

    private static string List(IReadOnlyList<string> names) => Or(string.Join(", ", names));

    private static string Or(string text) => text.Length == 0 ? "-" : text;

    private static string Limit(int connections) => connections < 0 ? "-" : connections.ToString(CultureInfo.InvariantCulture);

    private static string OnOff(bool on) => on ? "on" : "off";
}
