using System.Globalization;
using System.Text;

namespace SetupWizard.Core.Export;

/// <summary>
/// The <c>clickhousectl</c> call that creates the ClickPipe, as a shell script. The password, when there is one, and the service come from the environment.
/// See <see href="https://clickhouse.com/docs/products/cloud/features/cli"/>.
/// </summary>
public static class ClickPipesCliExporter
{
    /// <summary>The file that holds the certificate authority, beside the script.</summary>
    private const string CertificateFile = "postgres-ca.pem";

    /// <summary>Writes the script.</summary>
    public static string Write(ExportInput input, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(input);
        var endpoint = input.Inspection.Endpoint;
        var tables = TableTargets.Of(input.Inspection);
        var text = new StringBuilder("#!/bin/sh\n");
        var withIam = input.Goal.Authentication == Model.LoginMethod.Iam;
        var role = input.Goal.IamRoleArn;
        text.Append("# ").Append(ReportText.Say(!withIam ? "Pipe.Cli" : role is null ? "Pipe.CliRole" : "Pipe.CliIam", culture)).Append('\n');
        if (input.Goal.Network == Model.NetworkPath.Ssh)
        {
            text.Append("# ").Append(ReportText.Say("Pipe.Ssh", culture)).Append('\n');
        }

        if (tables.Any(t => t.SortedByWholeRow))
        {
            text.Append("# ").Append(ReportText.Say("Pipe.SortingKey", culture)).Append('\n');
        }

        text.Append("set -eu\n");
        text.Append(": \"${CH_ID:?}\"").Append(!withIam ? " \"${CLICKPIPES_PASSWORD:?}\"" : role is null ? " \"${CLICKPIPES_IAM_ROLE:?}\"" : "").Append("\n\n");
        if (endpoint.CaCertificatePem is { } certificate)
        {
            text.Append("cat > ").Append(CertificateFile).Append(" <<'END_OF_CERTIFICATE'\n").Append(certificate.ReplaceLineEndings("\n").TrimEnd('\n')).Append("\nEND_OF_CERTIFICATE\n\n");
        }

        List<string> arguments =
        [
            "clickhousectl cloud clickpipe create postgres \"$CH_ID\"",
            "--name " + Quote(TableTargets.PipeName(input.Inspection)),
            "--postgres-type " + Quote(input.Inspection.Provider.ClickPipesType),
            "--host " + Quote(endpoint.ShownHost),
            "--port " + endpoint.Port.ToString(CultureInfo.InvariantCulture),
            "--pg-database " + Quote(endpoint.Database),
            "--username " + Quote(input.Goal.User),
            .. withIam
                ? ["--auth " + TableTargets.IamAuthentication, "--iam-role " + (role is null ? "\"$CLICKPIPES_IAM_ROLE\"" : Quote(role))]
                : new[] { "--password \"$CLICKPIPES_PASSWORD\"" },
            "--publication-name " + Quote(input.Goal.Publication),
            "--replication-mode cdc",
            .. endpoint.CaCertificatePem is null ? Array.Empty<string>() : ["--ca-certificate " + CertificateFile],
            .. tables.Select(t => "--table-mapping-json " + Quote(ApiExporter.Mapping(t))),
            "--json",
        ];
        return text.AppendJoin(" \\\n  ", arguments).Append('\n').ToString();
    }

    /// <summary>A word for a POSIX shell.</summary>
    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
}
