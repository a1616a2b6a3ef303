using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Providers;

/// <summary>
/// The two documents that let ClickHouse log in with an IAM role: who may assume the role, and as whom it may connect.
/// See <see href="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html"/>.
/// </summary>
public static class IamPolicies
{
    /// <summary>The role's name when it is not made yet.</summary>
    public const string RoleName = "clickpipes-postgres";

    /// <summary>Stands where the service's own role goes; ClickHouse Cloud shows it as Service role ID (IAM).</summary>
    public const string ServiceRole = "<service-role-id>";

    private static readonly JsonWriterOptions s_indented = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The command that makes a token for the ClickPipes user, to log in with by hand; null where nobody logs in so.</summary>
    public static string? TokenCommand(ProviderProfile provider, SourceEndpoint endpoint, SetupGoal goal)
    {
        ArgumentNullException.ThrowIfNull(provider);
        return provider.Iam is { } iam
            ? Text.Messages.FillExactly(iam.TokenCommand, GuideArguments.For(provider, endpoint, null, null, goal))
            : null;
    }

    /// <summary>The names that guides about IAM use.</summary>
    internal static void AddTo(Dictionary<string, object?> values, SetupGoal? goal)
    {
        var user = (string)values["user"]!;
        var region = (string)values["region"]!;
        var arn = goal?.IamRoleArn;
        values["role"] = IamRoleArn.RoleName(arn) ?? RoleName;
        values["account"] = IamRoleArn.Account(arn) ?? values["account"];
        values["shellUser"] = user.Length > 0 && user.All(static c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.') ? user : "'" + user.Replace("'", "'\\''", StringComparison.Ordinal) + "'";
        values["serviceRole"] = ServiceRole;
        values["policyName"] = Literally(user);

        // For code that puts the document together by itself: what stands between the quotes of a JSON string.
        values["policyUser"] = JsonEncodedText.Encode(Literally(user), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        values["trustPolicy"] = Document(json =>
        {
            json.WriteStartObject("Principal");
            json.WriteString("AWS", ServiceRole);
            json.WriteEndObject();
            Actions(json, "sts:AssumeRole", "sts:TagSession");
        });
        var partition = IamRoleArn.Partition(arn) ?? PartitionOf(region);
        values["connectPolicy"] = Document(json =>
        {
            Actions(json, "rds-db:connect");
            json.WriteString("Resource", $"arn:{partition}:rds-db:{region}:{values["account"]}:dbuser:{values["resource"]}/{Literally(user)}");
        });
    }

    private static string PartitionOf(string region) =>
        region.StartsWith("cn-", StringComparison.Ordinal) ? "aws-cn" : region.StartsWith("us-gov-", StringComparison.Ordinal) ? "aws-us-gov" : "aws";

    /// <summary>A name in which a policy would otherwise see wildcards and variables.</summary>
    private static string Literally(string name) => string.Concat(name.Select(static c => c is '*' or '?' or '$' ? $"${{{c}}}" : c.ToString()));

    private static void Actions(Utf8JsonWriter json, params string[] actions)
    {
        json.WriteStartArray("Action");
        foreach (var action in actions)
        {
            json.WriteStringValue(action);
        }

        json.WriteEndArray();
    }

    private static string Document(Action<Utf8JsonWriter> statement)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, s_indented))
        {
            json.WriteStartObject();
            json.WriteString("Version", "2012-10-17");
            json.WriteStartArray("Statement");
            json.WriteStartObject();
            json.WriteString("Effect", "Allow");
            statement(json);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Text.VisibleText.Json(Encoding.UTF8.GetString(stream.ToArray()));
    }
}
