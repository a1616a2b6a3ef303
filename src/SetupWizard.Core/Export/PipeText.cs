using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>Sentences and rows about what the ClickPipe is told.</summary>
public static class PipeText
{
    /// <summary>What is chosen for the pipe beside the connection, as the form of ClickPipes asks for it: a word of the row (<c>Pipe.Row.{Key}</c>) and its value.</summary>
    /// <param name="inspection">A reading.</param>
    /// <param name="culture">The language.</param>
    public static IReadOnlyList<(string Key, string Label, string Value)> Rows(Inspection inspection, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        var pipe = PipeValues.Of(inspection);
        var rows = new List<(string, string?)>
        {
            ("TlsHost", pipe.TlsHost),
            ("Tls", pipe.Tls == PipeTls.Verify ? null : Say("Pipe.Tls." + pipe.Tls)),
            ("Nullable", Say("Pipe.Nullable." + (pipe.AllowNullableColumns?.ToString() ?? "Undecided"))),
            ("Failover", pipe.FailoverSlots ? Say("Pipe.On") : null),
            ("SyncInterval", pipe.SyncIntervalSeconds is { } seconds ? Say("Pipe.Seconds", ("seconds", seconds)) : null),
            ("Destination", pipe.Database),
            ("Roles", pipe.Roles.Count > 0 ? string.Join(", ", pipe.Roles) : null),
        };
        return [.. rows.Where(static r => r.Item2 is not null).Select(r => (r.Item1, Say("Pipe.Row." + r.Item1), r.Item2!))];

        string Say(string key, params (string, object?)[] arguments) => Messages.Get(key, culture, arguments);
    }

    /// <summary>What a file that creates the pipe has to say, whatever its language: keys of sentences with their values.</summary>
    internal static IEnumerable<(string Key, (string, object?)[] Arguments)> Remarks(ExportInput input, IReadOnlyList<TableTarget> tables)
    {
        var pipe = PipeValues.Of(input.Inspection);
        if (input.Goal.Network == NetworkPath.Ssh)
        {
            yield return ("Pipe.Ssh", []);
        }

        if (input.Goal.Network == NetworkPath.PrivateLink)
        {
            yield return ("Pipe.PrivateHost", []);
        }

        if (tables.Any(static t => t.SortedByWholeRow))
        {
            yield return ("Pipe.SortingKey", []);
        }

        if (pipe.AllowNullableColumns is null)
        {
            yield return ("Pipe.NullableOpen", []);
        }

        if (tables.Count(static t => t.Excluded.Count > 0) is > 0 and var shortened)
        {
            yield return ("Pipe.Excluded", [("count", shortened), ("publication", input.Goal.Publication)]);
        }

        if (SessionChecksLess(input.Inspection))
        {
            yield return (input.Inspection.Endpoint.Tls == TlsMode.Disable ? "Pipe.SessionPlain" : "Pipe.SessionTls", []);
        }

        if (pipe.FailoverTooOld)
        {
            yield return ("Pipe.FailoverTooOld", []);
        }

        if (pipe.Roles.Count > 0)
        {
            yield return ("Pipe.RolesCreate", [("database", pipe.Database)]);
        }
    }

    /// <summary>Whether the session let pass what the pipe will not: a certificate that nobody vouched for, or none.</summary>
    public static bool SessionChecksLess(Inspection inspection)
    {
        ArgumentNullException.ThrowIfNull(inspection);
        return inspection.Goal.Pipe.Tls == PipeTls.Verify && inspection.Endpoint is { Tls: TlsMode.Require or TlsMode.Disable, CaCertificatePem: null };
    }
}
