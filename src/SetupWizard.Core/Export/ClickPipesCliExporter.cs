using System.Globalization;
using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>
/// A shell script that creates the ClickPipe: by <c>clickhousectl</c> where that can say all there is to say, else through the API that it calls, with the
/// very body of <see cref="ApiExporter"/>. The password, when there is one, the service and the key come from the environment.
/// <para>The program's plain <c>--table-mapping</c> is never used: it makes tables that only append.</para>
/// See <see href="https://clickhouse.com/docs/products/cloud/features/cli"/>.
/// </summary>
public static class ClickPipesCliExporter
{
    /// <summary>The file that holds the certificate authority, beside the script.</summary>
    private const string CertificateFile = "postgres-ca.pem";

    /// <summary>Nothing in JSON is such a line.</summary>
    private const string End = "END_OF_BODY";

    /// <summary>A command line has an end: macOS lets a program have a megabyte of it, with everything else in its environment.</summary>
    private const int MostOfCommandLine = 200_000;

    private const string Call = "clickhousectl cloud clickpipe create postgres";

    /// <summary>Writes the script.</summary>
    public static string Write(ExportInput input, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(input);
        var pipe = PipeValues.Of(input.Inspection);
        var tables = TableTargets.Of(input.Inspection);
        var options = Options(input, pipe, tables);
        var why = WhyNot(input, pipe, options).ToList();
        var unknown = input.Goal.Authentication == LoginMethod.Password ? "CLICKPIPES_PASSWORD" : input.Goal.IamRoleArn is null ? "CLICKPIPES_IAM_ROLE" : null;
        var text = new StringBuilder("#!/bin/sh\n");
        Comment(text, culture, unknown switch
        {
            null => "Pipe.CliIam",
            "CLICKPIPES_PASSWORD" => "Pipe.Cli",
            _ => "Pipe.CliRole",
        });
        foreach (var (key, arguments) in why.Concat(PipeText.Remarks(input, tables)))
        {
            Comment(text, culture, key, arguments);
        }

        text.Append("set -eu\n: \"${CH_ID:?}\"").Append(unknown is null ? "" : $" \"${{{unknown}:?}}\"").Append("\n\n");
        ThroughApi(text, input, unknown, culture);
        if (why.Count > 0)
        {
            return text.Append("through_api\n").ToString();
        }

        Probe(text, options, culture);
        if (input.Inspection.Endpoint.CaCertificatePem is { } certificate)
        {
            text.Append("cat > ").Append(CertificateFile).Append(" <<'END_OF_CERTIFICATE'\n").Append(certificate.ReplaceLineEndings("\n").TrimEnd('\n')).Append("\nEND_OF_CERTIFICATE\n\n");
        }

        return text.Append(Call).Append(" \"$CH_ID\" \\\n  ").AppendJoin(" \\\n  ", options.Select(static o => o.Value is null ? o.Name : o.Name + " " + o.Value)).Append('\n').ToString();
    }

    /// <summary>What <c>clickhousectl</c> cannot be told, as sentences; none when it can be told everything.</summary>
    private static IEnumerable<(string Key, (string, object?)[] Arguments)> WhyNot(ExportInput input, PipeValues pipe, IReadOnlyList<(string Name, string? Value)> options)
    {
        if (input.Goal.Authentication == LoginMethod.Iam)
        {
            // 0.4 demands a password beside the role; 0.5 takes neither a password nor the user that the role logs in as.
            yield return ("Pipe.NoCli.Iam", []);
        }

        if (pipe.Database != PipeSettings.DefaultDatabase)
        {
            yield return ("Pipe.NoCli.Database", []);
        }

        if (pipe.Tls != PipeTls.Verify)
        {
            yield return ("Pipe.NoCli.Tls", []);
        }

        if (options.Sum(static o => Encoding.UTF8.GetByteCount(o.Value ?? "")) > MostOfCommandLine)
        {
            yield return ("Pipe.NoCli.Long", []);
        }
    }

    private static List<(string Name, string? Value)> Options(ExportInput input, PipeValues pipe, IReadOnlyList<TableTarget> tables)
    {
        var endpoint = input.Inspection.Endpoint;
        return
        [
            ("--name", Quote(TableTargets.PipeName(input.Inspection))),
            ("--postgres-type", Quote(input.Inspection.Provider.ClickPipesType)),
            ("--host", Quote(endpoint.ShownHost)),
            ("--port", endpoint.Port.ToString(CultureInfo.InvariantCulture)),
            ("--pg-database", Quote(endpoint.Database)),
            ("--username", Quote(input.Goal.User)),
            ("--password", "\"$CLICKPIPES_PASSWORD\""),
            ("--publication-name", Quote(input.Goal.Publication)),
            ("--replication-mode", "cdc"),
            .. pipe.TlsHost is { } name ? [("--tls-host", Quote(name))] : Nothing,
            .. endpoint.CaCertificatePem is null ? Nothing : [("--ca-certificate", CertificateFile)],
            .. pipe.SyncIntervalSeconds is { } seconds ? [("--sync-interval-seconds", seconds.ToString(CultureInfo.InvariantCulture))] : Nothing,
            .. pipe.AllowNullableColumns is { } nullable ? [("--allow-nullable-columns", nullable ? "true" : "false")] : Nothing,
            .. pipe.FailoverSlots ? [("--enable-failover-slots", "true")] : Nothing,
            .. pipe.Roles.Select(static r => ("--role", (string?)Quote(r))),
            .. tables.Select(static t => ("--table-mapping-json", (string?)Quote(ApiExporter.Mapping(t)))),
            ("--json", null),
        ];
    }

    private static (string, string?)[] Nothing => [];

    /// <summary>The call of the API: the body in one or two parts with what is not known between them, and the key in a file that only its owner reads.</summary>
    private static void ThroughApi(StringBuilder text, ExportInput input, string? unknown, CultureInfo culture)
    {
        Comment(text, culture, "Pipe.ThroughApi");
        text.Append("body() {\n");
        foreach (var (index, part) in ApiExporter.Parts(input).Index())
        {
            if (index > 0)
            {
                text.Append("  printf '\"%s\"\\n' \"$(printf '%s' \"$").Append(unknown).Append("\" | LC_ALL=C sed 's/[\\\\\"]/\\\\&/g')\"\n");
            }

            text.Append("  cat <<'").Append(End).Append("'\n").Append(part.Trim('\n').TrimEnd(' ')).Append('\n').Append(End).Append('\n');
        }

        text.Append(
            """
            }

            through_api() {
              : "${CH_ORG_ID:?}" "${CLICKHOUSE_CLOUD_API_KEY:?}" "${CLICKHOUSE_CLOUD_API_SECRET:?}"
              key=$(mktemp)
              trap 'rm -f "$key"' EXIT
              printf 'user = "%s:%s"\n' "$CLICKHOUSE_CLOUD_API_KEY" "$CLICKHOUSE_CLOUD_API_SECRET" > "$key"
              answer=$(body | curl --silent --show-error --config "$key" --header 'Content-Type: application/json' --data-binary @- \
                --write-out '\n%{http_code}' "https://api.clickhouse.cloud/v1/organizations/$CH_ORG_ID/services/$CH_ID/clickpipes")
              printf '%s\n' "$answer"
              case $answer in
                *2[0-9][0-9]) ;;
                *) exit 1 ;;
              esac
            }


            """);
    }

    /// <summary>The program is asked what it knows: versions differ, and one that takes less would make another pipe.</summary>
    private static void Probe(StringBuilder text, IReadOnlyList<(string Name, string? Value)> options, CultureInfo culture)
    {
        Comment(text, culture, "Pipe.Probe");
        text.Append("help=$(").Append(Call).Append(" --help 2>/dev/null) || help=\nmissing=\nfor option in ").AppendJoin(' ', options.Select(static o => o.Name).Distinct(StringComparer.Ordinal)).Append("; do\n");
        text.Append(
            """
              case $help in
                *"$option"*) ;;
                *) missing="$missing $option" ;;
              esac
            done
            if [ -n "$missing" ]; then

            """);
        text.Append("  printf '%s\\n' ").Append(Quote(Messages.Get("Pipe.Missing", culture))).Append("\"$missing\" ").Append(Quote(Messages.Get("Pipe.Instead", culture))).Append(" >&2\n  through_api\n  exit\nfi\n\n");
    }

    private static void Comment(StringBuilder text, CultureInfo culture, string key, params (string, object?)[] arguments) =>
        text.Append("# ").Append(VisibleText.Of(Messages.Get(key, culture, arguments))).Append('\n');

    /// <summary>
    /// A word for a POSIX shell. What is hidden is printed by its bytes: such a shell has no escapes in quotes. It takes line feeds from the end of what is printed, so that a word that ends
    /// with one stands as it is.
    /// </summary>
    private static string Quote(string word)
    {
        if (word.EndsWith('\n') || !word.EnumerateRunes().Any(VisibleText.IsHidden))
        {
            return "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
        }

        var format = new StringBuilder();
        foreach (var rune in word.EnumerateRunes())
        {
            _ = rune.Value switch
            {
                '\'' => format.Append("'\\''"),
                '\\' => format.Append("\\\\"),
                '%' => format.Append("%%"),

                // A word that begins with it would be an option.
                '-' when format.Length == 0 => format.Append("\\055"),
                _ when VisibleText.IsHidden(rune) => format.AppendJoin("", Encoding.UTF8.GetBytes(rune.ToString()).Select(static b => "\\" + Convert.ToString(b, 8).PadLeft(3, '0'))),
                _ => format.Append(rune),
            };
        }

        return $"\"$(printf '{format}')\"";
    }
}
