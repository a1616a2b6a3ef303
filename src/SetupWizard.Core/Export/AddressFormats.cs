using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Export;

/// <summary>A form in which addresses are given to a firewall.</summary>
public enum AddressFormat
{
    /// <summary>One address in a line.</summary>
    List,

    /// <summary>One block (<c>1.2.3.4/32</c>) in a line.</summary>
    Cidr,

    /// <summary>Rules of an AWS security group as the console's form has them, as CSV.</summary>
    SecurityGroupCsv,

    /// <summary>The value of <c>aws ec2 authorize-security-group-ingress --ip-permissions</c>.</summary>
    SecurityGroupJson,

    /// <summary>Firewall rules of an Azure server (name, first address, last address), as CSV.</summary>
    AzureFirewall,

    /// <summary>Lines of <c>pg_hba.conf</c>.</summary>
    PgHba,
}

/// <summary>What the rules let in.</summary>
/// <param name="Port">The port they open: the server's, or 22 of a bastion.</param>
/// <param name="Region">The ClickHouse service's region, for descriptions.</param>
/// <param name="Database">The database, for <see cref="AddressFormat.PgHba"/>.</param>
/// <param name="User">The ClickPipes user, for <see cref="AddressFormat.PgHba"/>.</param>
public sealed record AddressRules(int Port, string Region, string Database, string User);

/// <summary>ClickPipes' addresses as lists and as rules to paste.</summary>
public static class AddressFormats
{
    /// <summary>The port of SSH.</summary>
    public const int SshPort = 22;

    private const int PostgresPort = Model.SourceEndpoint.DefaultPort;

    // Blanks, quotes and line ends as they are: the text is pasted into a shell between apostrophes, and into consoles.
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The addresses in a form.</summary>
    /// <param name="format">The form.</param>
    /// <param name="addresses">IPv4 addresses.</param>
    /// <param name="rules">What the rules let in.</param>
    public static string Write(AddressFormat format, IReadOnlyList<string> addresses, AddressRules rules)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        ArgumentNullException.ThrowIfNull(rules);
        var description = "ClickPipes " + rules.Region;
        var port = rules.Port.ToString(CultureInfo.InvariantCulture);
        return format switch
        {
            AddressFormat.List => Lines(addresses),
            AddressFormat.Cidr => Lines(addresses.Select(Block)),
            AddressFormat.SecurityGroupCsv => Lines(
                addresses.Select(a => $"{(rules.Port == SshPort ? "SSH" : rules.Port == PostgresPort ? "PostgreSQL" : "Custom TCP")},TCP,{port},{Block(a)},{description}")
                    .Prepend("Type,Protocol,Port range,Source,Description")),
            AddressFormat.SecurityGroupJson => JsonSerializer.Serialize(
                new[]
                {
                    new
                    {
                        IpProtocol = "tcp",
                        FromPort = rules.Port,
                        ToPort = rules.Port,
                        IpRanges = addresses.Select(a => new { CidrIp = Block(a), Description = description }).ToArray(),
                    },
                },
                s_json),
            AddressFormat.AzureFirewall => Lines(
                addresses.Select((a, i) => string.Create(CultureInfo.InvariantCulture, $"clickpipes-{i + 1},{a},{a}")).Prepend("Name,Start IP,End IP")),
            AddressFormat.PgHba => Lines(addresses.Select(a => PgHba.Line(rules.Database, rules.User, a))),
            _ => throw new ArgumentOutOfRangeException(nameof(format)),
        };
    }

    private static string Block(string address) => address + "/32";

    private static string Lines(IEnumerable<string> lines) => string.Join('\n', lines);
}
