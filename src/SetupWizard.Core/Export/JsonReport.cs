using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Audit;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Text;
using SetupWizard.Core.Watching;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Export;

/// <summary>
/// One JSON object about a source: the stable form of the command line's <c>--json</c>. Every field is always there;
/// states are the words of the enumerations in camel case. Sentences come in the chosen language, codes and states never change.
/// </summary>
public static class JsonReport
{
    private static readonly JsonWriterOptions s_line = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions s_options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The object as indented text with a newline at its end.</summary>
    /// <param name="input">What it is about.</param>
    /// <param name="culture">The language of its sentences.</param>
    /// <param name="oneLine">All of it on one line, for where it is the last of lines.</param>
    public static string Write(ReportInput input, CultureInfo culture, bool oneLine = false)
    {
        ArgumentNullException.ThrowIfNull(input);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, oneLine ? s_line : s_options))
        {
            json.WriteStartObject();
            WriteSource(json, input);
            WritePipe(json, input.Inspection);
            WriteFindings(json, input.Inspection.Findings, culture);
            WriteChanges(json, input.Changes);
            WritePlanFile(json, input.PlanFile);
            WriteApplied(json, input.Applied);
            WriteLeftAlone(json, input.LeftAlone, culture);
            WriteMapping(json, input);
            WriteProof(json, input.Proof, culture);
            WriteWal(json, input.Inspection.Snapshot);
            json.WriteStartObject("cost");
            json.WriteNumber("roundTrips", input.Inspection.Cost.RoundTrips);
            WriteMilliseconds(json, input.Inspection.Cost.Elapsed);
            json.WriteEndObject();
            WriteOutcome(json, input, culture);
            json.WriteEndObject();
        }

        return VisibleText.Json(Encoding.UTF8.GetString(stream.ToArray())) + "\n";
    }

    private static void WriteSource(Utf8JsonWriter json, ReportInput input)
    {
        json.WriteBoolean("ready", input.Ready ?? input.Inspection.Ready);
        json.WriteString("wizard", input.Version);
        json.WriteString("readAt", input.Inspection.Snapshot is { } snapshot ? Time(snapshot.ReadAt) : null);
        json.WriteString("provider", input.Inspection.Provider.Id);
        json.WriteStartObject("server");
        json.WriteString("version", input.Inspection.Snapshot?.Server.Version);
        json.WriteString("database", input.Inspection.Snapshot?.Server.Database ?? input.Inspection.Endpoint.Database);
        json.WriteString("host", input.Inspection.Endpoint.Host);
        json.WriteEndObject();
        json.WriteStartObject("login");
        json.WriteString("user", input.Inspection.Goal.User);
        json.WriteString("authentication", Word(input.Inspection.Goal.Authentication));
        json.WriteString("iamRole", input.Inspection.Goal.IamRoleArn);
        json.WriteEndObject();
    }

    /// <summary>What the ClickPipe is to be told; null where nobody has decided or ClickPipes' default stays.</summary>
    private static void WritePipe(Utf8JsonWriter json, Inspection inspection)
    {
        var pipe = PipeValues.Of(inspection);
        json.WriteStartObject("pipe");
        json.WriteString("replicationMode", "cdc");
        json.WriteString("tlsHost", pipe.TlsHost);
        json.WriteBoolean("disableTls", pipe.Tls == PipeTls.Off);
        json.WriteBoolean("skipCertVerification", pipe.Tls == PipeTls.SkipVerification);
        WatchJson.WriteNumber(json, "syncIntervalSeconds", pipe.SyncIntervalSeconds);
        if (pipe.AllowNullableColumns is { } nullable)
        {
            json.WriteBoolean("allowNullableColumns", nullable);
        }
        else
        {
            json.WriteNull("allowNullableColumns");
        }

        json.WriteBoolean("enableFailoverSlots", pipe.FailoverSlots);
        json.WriteStartArray("excludedColumns");
        foreach (var table in TableTargets.Of(inspection).Where(static t => t.Excluded.Count > 0))
        {
            json.WriteStartObject();
            json.WriteString("schema", table.Source.Schema);
            json.WriteString("table", table.Source.Name);
            json.WriteStartArray("columns");
            foreach (var column in table.Excluded)
            {
                json.WriteStringValue(column);
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("destination");
        json.WriteString("database", pipe.Database);
        json.WriteStartArray("roles");
        foreach (var role in pipe.Roles)
        {
            json.WriteStringValue(role);
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteFindings(Utf8JsonWriter json, IReadOnlyList<Finding> findings, CultureInfo culture)
    {
        json.WriteStartArray("findings");
        foreach (var finding in findings)
        {
            var text = FindingText.For(finding, culture);
            json.WriteStartObject();
            json.WriteString("code", finding.Id.Code);
            json.WriteString("slug", finding.Id.Slug);
            json.WriteString("step", Word(finding.Area));
            json.WriteString("state", Word(finding.State));
            json.WriteString("sight", SightWord(finding.Confidence));
            json.WriteString("actual", finding.Actual);
            json.WriteString("desired", finding.Desired);
            json.WriteString("title", text.Title);
            json.WriteString("because", text.Why);
            json.WriteString("consequence", text.Consequence);
            json.WriteString("wayOut", text.Fix);
            json.WriteStartArray("subjects");
            foreach (var subject in finding.Subjects)
            {
                json.WriteStringValue(subject.Name);
            }

            json.WriteEndArray();
            WriteFix(json, finding.Fixes);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteFix(Utf8JsonWriter json, IReadOnlyList<Change> fixes)
    {
        if (fixes.Count == 0)
        {
            json.WriteNull("fix");
            return;
        }

        var statements = fixes.OfType<SqlChange>().ToList();
        var guide = fixes.OfType<ConsoleChange>().FirstOrDefault();
        json.WriteStartObject("fix");
        json.WriteString("kind", (statements.Count > 0, guide is not null) switch
        {
            (true, true) => "sqlAndGuide",
            (true, false) => "sql",
            _ => "guide",
        });
        json.WriteString("sql", Join(statements.Select(s => s.Statement.Display)));
        json.WriteString("undo", Join(statements.Select(s => s.Undo?.Display).OfType<string>().Reverse()));
        json.WriteString("guide", guide?.GuideId);
        json.WriteEndObject();
    }

    private static void WriteChanges(Utf8JsonWriter json, IReadOnlyList<ChangeReport> changes)
    {
        json.WriteStartArray("changes");
        foreach (var report in changes)
        {
            var (change, state) = report;
            json.WriteStartObject();
            json.WriteString("code", change.For.Code);
            json.WriteString("phase", Word(change.Phase));
            json.WriteString("sql", change.Statement.Display);
            json.WriteString("undo", change.Undo?.Display);
            json.WriteBoolean("transactional", change.Transactional);
            json.WriteString("state", Word(state));
            if (change.RunBy is not null)
            {
                json.WriteString("runBy", change.RunBy);
            }

            if (report.WaitsFor.Count > 0)
            {
                json.WriteStartArray("waitsFor");
                foreach (var first in report.WaitsFor)
                {
                    json.WriteStringValue(first.Statement.Display);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>How the changes differ from the file they were prepared in; null without one.</summary>
    private static void WritePlanFile(Utf8JsonWriter json, PlanFileReport? report)
    {
        if (report is not { File: { } file })
        {
            json.WriteNull("planFile");
            return;
        }

        json.WriteStartObject("planFile");
        json.WriteString("madeAt", Time(file.MadeAt));
        json.WriteString("madeWith", file.MadeWith);
        json.WriteString("key", report.Signer);
        json.WriteString("host", file.Server.Host);
        json.WriteString("database", file.Server.Database);
        json.WriteBoolean("anotherDatabase", report.Place != PlanPlace.Same);
        json.WriteNumber("same", report.Comparisons.Count(static c => c.Mark == PlanMark.Same));
        json.WriteStartArray("differences");
        foreach (var (mark, inFile, now) in report.Comparisons.Where(static c => c.Mark != PlanMark.Same))
        {
            json.WriteStartObject();
            json.WriteString("kind", mark switch
            {
                PlanMark.Missing => "onlyInFile",
                PlanMark.Added => "onlyNow",
                _ => "changed",
            });
            json.WriteString("code", now?.For.Code ?? inFile!.Code);
            json.WriteString("inFile", inFile?.Sql);
            json.WriteString("now", now?.Statement.Display);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>What is recorded as applied; null where the record was not looked at.</summary>
    private static void WriteApplied(Utf8JsonWriter json, IReadOnlyList<AuditEntry>? applied)
    {
        if (applied is null)
        {
            json.WriteNull("applied");
            return;
        }

        json.WriteStartArray("applied");
        foreach (var entry in applied)
        {
            json.WriteStartObject();
            json.WriteString("at", Time(entry.At));
            json.WriteString("login", entry.Login);
            json.WriteString("code", entry.Code);
            json.WriteString("phase", JsonNamingPolicy.CamelCase.ConvertName(entry.Phase));
            json.WriteString("sql", entry.Sql);
            json.WriteString("undo", entry.Undo);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What an undo does not touch.</summary>
    private static void WriteLeftAlone(Utf8JsonWriter json, IReadOnlyList<LeftAlone> left, CultureInfo culture)
    {
        json.WriteStartArray("leftAlone");
        foreach (var one in left)
        {
            var text = FindingText.For(FindingText.ProblemOf(one, culture), culture);
            json.WriteStartObject();
            json.WriteString("code", one.Change.For.Code);
            json.WriteString("key", one.Problem.Key);
            json.WriteString("title", text.Title);
            json.WriteString("because", text.Why);
            json.WriteString("consequence", text.Consequence);
            json.WriteString("fix", text.Fix);
            json.WriteString("sql", one.Change.Statement.Display);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>What the chosen tables become in ClickHouse; null where columns were not read.</summary>
    private static void WriteMapping(Utf8JsonWriter json, ReportInput input)
    {
        if (input.Columns is null)
        {
            json.WriteNull("mapping");
            return;
        }

        var tables = TableMapping.Of(input.Inspection, input.Columns);
        json.WriteStartObject("mapping");
        json.WriteNumber("chosen", input.Inspection.Tables.Chosen.Count);
        json.WriteNumber("read", tables.Count);
        json.WriteNumber("columns", tables.Sum(static t => t.Columns.Count));
        json.WriteNumber("losing", tables.Sum(static t => t.Losing));
        json.WriteStartArray("tables");
        foreach (var table in tables)
        {
            json.WriteStartObject();
            json.WriteString("schema", table.Table.Schema);
            json.WriteString("table", table.Table.Name);
            json.WriteString("target", table.Target);
            json.WriteString("engine", table.Engine);
            json.WriteString("keyOrigin", Word(table.KeyOrigin));
            json.WriteStartArray("sortingKey");
            foreach (var name in table.SortingKey)
            {
                json.WriteStringValue(name);
            }

            json.WriteEndArray();
            json.WriteStartArray("columns");
            foreach (var column in table.Columns)
            {
                json.WriteStartObject();
                json.WriteString("name", column.Name);
                json.WriteString("postgres", column.PostgresType);
                json.WriteString("clickHouse", column.ClickHouseType);
                json.WriteString("loss", Word(column.Loss));
                json.WriteString("origin", Word(column.Origin));
                json.WriteString("nullBecomes", column.NullBecomes is { } standIn ? Word(standIn) : null);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteProof(Utf8JsonWriter json, IReadOnlyList<ProofEvent> proof, CultureInfo culture)
    {
        json.WriteStartArray("proof");
        foreach (var stage in proof)
        {
            json.WriteStartObject();
            json.WriteString("code", stage.Id.Code);
            json.WriteString("state", Word(stage.State));
            WriteMilliseconds(json, stage.Elapsed);
            json.WriteString("detail", stage.Problem is null ? FindingText.For(stage, culture) : FindingText.For(stage.Problem, culture).Title);
            if (stage.Problem is { } problem)
            {
                json.WriteStartArray("failures");
                foreach (var (why, owner) in stage.Others.Prepend(new ProofFailure(problem, stage.Owner)))
                {
                    json.WriteStartObject();
                    json.WriteString("owner", owner?.Code);
                    WriteProblem(json, why, culture);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteWal(Utf8JsonWriter json, Model.SourceSnapshot? snapshot)
    {
        json.WriteStartObject("wal");
        WatchJson.WriteNumber(json, "bytesPerSecond", snapshot?.WalBytesPerSecond);
        WatchJson.WriteNumber(json, "slotLimitBytes", snapshot?.SlotLimitBytes);
        json.WriteEndObject();
        WatchJson.WriteSlots(json, snapshot is null ? [] : SlotForecast.Of(snapshot));
    }

    private static void WriteOutcome(Utf8JsonWriter json, ReportInput input, CultureInfo culture)
    {
        json.WriteString("outcome", input.Outcome is { } outcome ? Word(outcome) : null);
        if (input.Problem is { } problem)
        {
            json.WriteStartObject("problem");
            WriteProblem(json, problem, culture);
            json.WriteEndObject();
        }
        else if (input.Inspection is { Snapshot: null, Findings: [var unread, ..] })
        {
            // Why a source could not be read is what stopped the verb.
            json.WriteStartObject("problem");
            WriteProblem(json, unread.Case, FindingText.For(unread, culture), unread.Server);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("problem");
        }
    }

    private static void WriteProblem(Utf8JsonWriter json, Problem problem, CultureInfo culture) => WriteProblem(json, problem.Key, FindingText.For(problem, culture), problem.Server);

    private static void WriteProblem(Utf8JsonWriter json, string key, Explanation text, ServerMessage? server)
    {
        json.WriteString("key", key);
        json.WriteString("title", text.Title);
        json.WriteString("because", text.Why);
        json.WriteString("consequence", text.Consequence);
        json.WriteString("fix", text.Fix);
        json.WriteString("sqlState", server?.SqlState);
        json.WriteString("server", server?.Text);
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void WriteMilliseconds(Utf8JsonWriter json, TimeSpan elapsed) =>
        json.WriteNumber("milliseconds", Math.Round(elapsed.TotalMilliseconds, 1));

    private static string? Join(IEnumerable<string> statements)
    {
        var text = string.Join("\n", statements.Select(s => s + ";"));
        return text.Length == 0 ? null : text;
    }

    /// <summary>The words of the field <c>sight</c>, which stay as they are whatever the members are called.</summary>
    private static string SightWord(Confidence confidence) => confidence switch
    {
        Confidence.Verified => "provedHere",
        Confidence.Likely => "looksRight",
        _ => "onlyClickPipesCanTell",
    };

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
