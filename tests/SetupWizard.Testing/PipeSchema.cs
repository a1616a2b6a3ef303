using System.Text.Json;
using System.Text.Json.Nodes;

namespace SetupWizard.Testing;

/// <summary>A field of a published schema.</summary>
/// <param name="Name">Its name in the API; Terraform's is the same in snake case.</param>
/// <param name="Kind">What it holds.</param>
public sealed record PipeField(string Name, JsonValueKind Kind)
{
    public bool Required { get; init; }

    public string[]? OneOf { get; init; }

    public long Least { get; init; } = long.MinValue;

    public long Most { get; init; } = long.MaxValue;

    /// <summary>The fields of an object, or of each object of an array.</summary>
    public PipeField[]? Fields { get; init; }

    /// <summary>The first version of the Terraform provider that takes it, where that is later than ClickPipes themselves (3.14.0).</summary>
    public Version? Since { get; init; }

    /// <summary>Texts of <see cref="OneOf"/> that came later than the field, with the first version of the Terraform provider that takes them.</summary>
    public (string Value, Version Since)[] Later { get; init; } = [];
}

/// <summary>
/// What creates a ClickPipe from PostgreSQL, as its makers describe it: the API's <c>ClickPipePostgresSource</c> and the Terraform resource
/// <c>clickhouse_clickpipe</c>. A field that is not here does not exist.
/// See <see href="https://clickhouse.com/docs/integrations/clickpipes/programmatic-access/openapi"/> and
/// <see href="https://registry.terraform.io/providers/ClickHouse/clickhouse/latest/docs/resources/clickpipe"/>.
/// </summary>
public static class PipeSchema
{
    public static readonly PipeField[] Mapping =
    [
        Text("sourceSchemaName", required: true),
        Text("sourceTable", required: true),
        Text("targetTable", required: true),
        Texts("excludedColumns"),
        new("useCustomSortingKey", JsonValueKind.True),
        Texts("sortingKeys"),
        Text("tableEngine") with { OneOf = ["MergeTree", "ReplacingMergeTree", "Null"] },
        Text("partitionKey"),
        Text("partitionByExpr") with { Since = new(3, 23, 1) },
    ];

    private static readonly PipeField s_host = Text("host", required: true);
    private static readonly PipeField s_port = Count("port", 1, 65535);
    private static readonly PipeField s_database = Text("database", required: true);
    private static readonly PipeField s_type = Text("type") with
    {
        OneOf = ["postgres", "supabase", "neon", "alloydb", "planetscale", "rdspostgres", "aurorapostgres", "cloudsqlpostgres", "azurepostgres", "crunchybridge", "tigerdata"],
    };

    /// <summary>Before 3.22.1 the provider knew the role's way as <c>iam_role</c> alone and refused the word that the API has.</summary>
    private static readonly PipeField s_authentication = Text("authentication") with { OneOf = ["basic", "IAM_ROLE"], Later = [("IAM_ROLE", new(3, 22, 1))] };

    private static readonly PipeField[] s_settings =
    [
        Text("replicationMode", required: true) with { OneOf = ["cdc", "snapshot", "cdc_only"] },
        Count("syncIntervalSeconds", 1),
        Count("pullBatchSize", 1),
        Text("publicationName"),
        Text("replicationSlotName"),
        new("allowNullableColumns", JsonValueKind.True),
        Count("initialLoadParallelism", 1),
        Count("snapshotNumRowsPerPartition", 1000),
        Count("snapshotNumberOfParallelTables", 1),
        new("enableFailoverSlots", JsonValueKind.True),
        new("deleteOnMerge", JsonValueKind.True),
    ];

    public static readonly PipeField[] Api =
    [
        Text("name", required: true),
        Object(
            "source",
            Object(
                "postgres",
                s_type,
                s_host,
                s_port with { Required = true },
                s_database,
                s_authentication,
                Text("iamRole"),
                Text("tlsHost"),
                Text("caCertificate"),
                new("disableTls", JsonValueKind.True),
                new("skipCertVerification", JsonValueKind.True),
                Object("credentials", Text("username", required: true), Text("password")),
                Object("settings", s_settings),
                new("tableMappings", JsonValueKind.Array) { Required = true, Fields = Mapping })),
        Object("destination", Text("database", required: true), Texts("roles")),
    ];

    /// <summary>No way to turn TLS off, no role of the destination, a password that Terraform may keep out of its state.</summary>
    public static readonly PipeField[] Terraform =
    [
        Text("name", required: true),
        Text("serviceId", required: true),
        new("stopped", JsonValueKind.True),
        Object(
            "source",
            Object(
                "postgres",
                s_type,
                s_host,
                s_port,
                s_database,
                s_authentication,
                Text("iamRole"),
                Text("tlsHost"),
                Text("caCertificate"),
                Object("credentials", Text("username", required: true), Text("password"), Text("passwordWo"), Count("passwordWoVersion", 1)),
                Object("settings", s_settings),
                new("tableMappings", JsonValueKind.Array) { Required = true, Fields = Mapping })),
        Object("destination", Text("database", required: true)),
    ];

    /// <summary>The options of <c>clickhousectl cloud clickpipe create postgres</c>, and whether one must be there.</summary>
    public static readonly IReadOnlyDictionary<string, bool> Options = new Dictionary<string, bool>(StringComparer.Ordinal)
    {
        ["--name"] = true,
        ["--host"] = true,
        ["--port"] = false,
        ["--pg-database"] = true,
        ["--username"] = true,
        ["--password"] = false,
        ["--table-mapping"] = false,
        ["--table-mapping-json"] = false,
        ["--postgres-type"] = false,
        ["--publication-name"] = false,
        ["--replication-mode"] = false,
        ["--replication-slot-name"] = false,
        ["--auth"] = false,
        ["--iam-role"] = false,
        ["--tls-host"] = false,
        ["--ca-certificate"] = false,
        ["--role"] = false,
        ["--sync-interval-seconds"] = false,
        ["--pull-batch-size"] = false,
        ["--initial-load-parallelism"] = false,
        ["--snapshot-rows-per-partition"] = false,
        ["--snapshot-parallel-tables"] = false,
        ["--allow-nullable-columns"] = false,
        ["--enable-failover-slots"] = false,
        ["--delete-on-merge"] = false,
        ["--org-id"] = false,
        ["--json"] = false,
    };

    /// <summary>Options that <c>clickhousectl</c> 0.4.0 does not have.</summary>
    public static readonly string[] SinceAfter040 =
    [
        "--table-mapping-json", "--role", "--sync-interval-seconds", "--pull-batch-size", "--initial-load-parallelism", "--snapshot-rows-per-partition",
        "--snapshot-parallel-tables", "--allow-nullable-columns", "--enable-failover-slots", "--delete-on-merge",
    ];

    /// <summary>What is wrong with a text of this schema; empty when nothing is.</summary>
    /// <param name="node">The object.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="snake">Whether names are in snake case, and a reference stands where a text may.</param>
    public static List<string> Problems(JsonNode? node, PipeField[] fields, bool snake = false)
    {
        var problems = new List<string>();
        Check(node, fields, snake, "", problems);
        var postgres = node?["source"]?["postgres"];
        if (postgres is not null)
        {
            CheckTogether(postgres, snake, problems);
        }

        return problems;
    }

    /// <summary>The first version of the Terraform provider that takes all of this.</summary>
    public static Version TakenSince(JsonObject block, PipeField[] fields)
    {
        var since = new Version(3, 14, 0);
        foreach (var field in fields)
        {
            foreach (var value in block[NameOf(field, snake: true)] switch { null => [], JsonArray many => many, var one => (IEnumerable<JsonNode?>)[one] })
            {
                Raise(field.Since);
                Raise(value is JsonValue text && text.TryGetValue<string>(out var word) ? field.Later.FirstOrDefault(l => l.Value == word).Since : null);
                Raise(value is JsonObject inner && field.Fields is not null ? TakenSince(inner, field.Fields) : null);
            }
        }

        return since;

        void Raise(Version? version) => since = version > since ? version : since;
    }

    private static void Check(JsonNode? node, PipeField[] fields, bool snake, string path, List<string> problems)
    {
        if (node is not JsonObject found)
        {
            problems.Add($"{path} is no object");
            return;
        }

        var known = fields.ToDictionary(f => NameOf(f, snake));
        problems.AddRange(found.Select(p => p.Key).Where(k => !known.ContainsKey(k)).Select(k => $"{path}.{k} does not exist"));
        problems.AddRange(known.Where(k => k.Value.Required && found[k.Key] is null).Select(k => $"{path}.{k.Key} is missing"));
        foreach (var (name, field) in known.Where(k => found[k.Key] is not null))
        {
            CheckValue(found[name]!, field, snake, $"{path}.{name}", problems);
        }
    }

    private static void CheckValue(JsonNode value, PipeField field, bool snake, string path, List<string> problems)
    {
        var kind = value.GetValueKind() == JsonValueKind.False ? JsonValueKind.True : value.GetValueKind();
        if (kind != field.Kind)
        {
            problems.Add($"{path} is {kind}");
        }
        else if (kind == JsonValueKind.Object)
        {
            Check(value, field.Fields!, snake, path, problems);
        }
        else if (kind == JsonValueKind.Array && value.AsArray().Count == 0)
        {
            problems.Add($"{path} is empty");
        }
        else if (kind == JsonValueKind.Array && field.Fields is not null)
        {
            value.AsArray().ToList().ForEach(v => Check(v, field.Fields, snake, path, problems));
        }
        else if (kind == JsonValueKind.String && field.OneOf?.Contains(value.GetValue<string>()) == false)
        {
            problems.Add($"{path} is none of {string.Join(", ", field.OneOf)}");
        }
        else if (kind == JsonValueKind.Number && (value.GetValue<long>() < field.Least || value.GetValue<long>() > field.Most))
        {
            problems.Add($"{path} is out of range");
        }
    }

    /// <summary>What fields say about each other.</summary>
    private static void CheckTogether(JsonNode postgres, bool snake, List<string> problems)
    {
        var settings = postgres["settings"];
        var (mode, slot) = snake ? ("replication_mode", "replication_slot_name") : ("replicationMode", "replicationSlotName");
        if (settings?[slot] is not null && settings[mode]?.GetValue<string>() != "cdc_only")
        {
            problems.Add("a slot's name is for cdc_only alone");
        }

        var withIam = postgres["authentication"]?.GetValue<string>() == "IAM_ROLE";
        if (withIam != (postgres[snake ? "iam_role" : "iamRole"] is not null))
        {
            problems.Add("an IAM role goes with IAM_ROLE");
        }

        if (withIam == (postgres["credentials"]?["password"] is not null || postgres["credentials"]?["password_wo"] is not null))
        {
            problems.Add("a password goes with basic");
        }
    }

    private static string NameOf(PipeField field, bool snake) => snake ? JsonNamingPolicy.SnakeCaseLower.ConvertName(field.Name) : field.Name;

    private static PipeField Text(string name, bool required = false) => new(name, JsonValueKind.String) { Required = required };

    private static PipeField Texts(string name) => new(name, JsonValueKind.Array);

    private static PipeField Count(string name, long least, long most = long.MaxValue) => new(name, JsonValueKind.Number) { Least = least, Most = most };

    private static PipeField Object(string name, params PipeField[] fields) => new(name, JsonValueKind.Object) { Required = true, Fields = fields };
}
