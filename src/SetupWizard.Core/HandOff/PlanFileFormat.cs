using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.HandOff;

/// <summary>A plan file that was read.</summary>
/// <param name="File">What is in it; null when it was refused.</param>
/// <param name="Signer">The fingerprint of the key that signed it: <c>SHA256:…</c>; null when it was refused.</param>
/// <param name="Problem">Why it was refused.</param>
public sealed record PlanFileReading(PlanFile? File, string? Signer, Problem? Problem);

/// <summary>
/// The plan as a signed JSON document. The signature (ECDSA, P-256, SHA-256) is over the bytes of the plan as they stand in the document, so that any change,
/// even of whitespace, invalidates it.
/// </summary>
public static class PlanFileFormat
{
    /// <summary>The newest format version this version reads, and the one it writes.</summary>
    public const int Version = 3;

    /// <summary>The file extension.</summary>
    public const string Extension = ".setupwizard-plan.json";

    /// <summary>Maximum size of a plan file, in bytes.</summary>
    public const int MostBytes = 8 * 1024 * 1024;

    private const string Format = "setupwizard-plan";

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        NewLine = "\n",
        IndentSize = 2,
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        MaxDepth = 16,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>The file's name: the database's, in characters every file system takes.</summary>
    public static string NameOf(PlanFile file) => SafeName(file) + Extension;

    /// <summary>The name of a psql script made from the file.</summary>
    public static string ScriptNameOf(PlanFile file) => SafeName(file) + ".clickpipes-setup.sql";

    /// <summary>The signed document.</summary>
    public static string Write(PlanFile file, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(key);
        var plan = VisibleText.Json(JsonSerializer.Serialize(file, s_json));
        var signature = key.SignData(Signed(Version, plan), HashAlgorithmName.SHA256);
        return $$"""
            {
            "format": "{{Format}}",
            "version": {{Version}},
            "plan": {{plan}},
            "key": "{{Convert.ToBase64String(key.ExportSubjectPublicKeyInfo())}}",
            "signature": "{{Convert.ToBase64String(signature)}}"
            }

            """.ReplaceLineEndings("\n");
    }

    /// <summary>Parses a document and verifies its signature. Anything that is not an unmodified plan file is refused with a problem.</summary>
    public static PlanFileReading Read(ReadOnlyMemory<byte> document)
    {
        if (document.Length > MostBytes)
        {
            return Refused("plan-file-unreadable");
        }

        try
        {
            using var json = JsonDocument.Parse(AsWritten(document), new JsonDocumentOptions { MaxDepth = 20, AllowDuplicateProperties = false });
            return Read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException or DecoderFallbackException or KeyNotFoundException)
        {
            return Refused("plan-file-unreadable");
        }
    }

    /// <summary>The fingerprint of a public key, in the form ssh shows.</summary>
    public static string FingerprintOf(ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return "SHA256:" + Convert.ToBase64String(SHA256.HashData(key.ExportSubjectPublicKeyInfo())).TrimEnd('=');
    }

    /// <summary>
    /// The document as it was written, where a shell, a mail program or git turned its line ends round or gave it another encoding (Windows PowerShell makes
    /// UTF-16 of what it redirects). Nothing in the document means anything else for it: in JSON, line ends stand between values only.
    /// </summary>
    private static ReadOnlyMemory<byte> AsWritten(ReadOnlyMemory<byte> document)
    {
        var text = document.Span switch
        {
            [0xFF, 0xFE, ..] => new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true).GetString(document.Span[2..]),
            [0xFE, 0xFF, ..] => new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true).GetString(document.Span[2..]),
            [0xEF, 0xBB, 0xBF, ..] => s_strict.GetString(document.Span[3..]),
            _ => document.Span.Contains((byte)'\r') ? s_strict.GetString(document.Span) : null,
        };
        return text is null ? document : Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    private static string SafeName(PlanFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        var safe = string.Concat(file.Server.Database.Select(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' ? c : '-')).Trim('-');
        return safe.Length == 0 ? "database" : safe[..Math.Min(safe.Length, 40)];
    }

    private static PlanFileReading Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("format", out var format) || format.GetString() != Format)
        {
            return Refused("plan-file-unreadable");
        }

        var version = root.GetProperty("version").GetInt32();
        if (version is < 1 or > Version)
        {
            return version > Version ? Refused("plan-file-newer", ("version", version), ("known", Version)) : Refused("plan-file-unreadable");
        }

        var plan = root.GetProperty("plan");
        using var key = ECDsa.Create();
        try
        {
            key.ImportSubjectPublicKeyInfo(root.GetProperty("key").GetBytesFromBase64(), out _);
            if (key.KeySize != 256 || root.EnumerateObject().Count() != 5
                || !key.VerifyData(Signed(version, plan.GetRawText()), root.GetProperty("signature").GetBytesFromBase64(), HashAlgorithmName.SHA256))
            {
                return Refused("plan-file-changed");
            }
        }
        catch (CryptographicException)
        {
            return Refused("plan-file-changed");
        }

        // Signed says who made it, not that it makes sense: names are checked as those typed here are.
        var file = plan.Deserialize<PlanFile>(s_json);
        return file is not null && IsUsable(file) ? new PlanFileReading(file, FingerprintOf(key), null) : Refused("plan-file-unusable");
    }

    private static byte[] Signed(int version, string plan) =>
        Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Format}\n{version}\n{plan}"));

    private static bool IsUsable(PlanFile file)
    {
        var goal = file.Goal;
        return IsWhole(file)
            && PgIdentifier.CanBeUser(goal.User)
            && PgIdentifier.CanBeGiven(goal.Publication)
            && goal.Schemas.Concat(goal.WholeSchemas).All(PgIdentifier.IsValid)
            && goal.Tables.Concat(goal.Excluded).Concat(goal.Identities.Select(i => i.Table)).All(t => PgIdentifier.IsValid(t.Schema) && PgIdentifier.IsValid(t.Name))
            && goal.Identities.All(i => i.Index is null || PgIdentifier.IsValid(i.Index))
            && (goal.Region is null || ClickPipesRegions.IsRegion(goal.Region))
            && goal.Pipe.IsValid
            && (goal.IamRoleArn is null || IamRoleArn.IsValid(goal.IamRoleArn))
            && (goal.Provider is null || ProviderCatalog.Find(goal.Provider) is not null)
            && ProviderCatalog.Find(file.Provider) is not null
            && goal is { PublishedAddresses: null, SendPasswordAsText: false }
            && file.Server.Port is > 0 and <= 65535
            && CanBeWritten(file.Server.Database)
            && CanBeWritten(file.RunAs)
            && CanBeWritten(file.Note)
            && !(file.Note?.Length > PlanFile.MostNote)
            && file.Server.Identity is null or { System: { Length: > 0 and <= 20 }, Database: > 0 }
            && file.Server.Identity?.System.All(char.IsAsciiDigit) != false
            && file.Statements.All(PlanSql.IsOfTheWizard);
    }

    /// <summary>Lists are read with whatever is in them: nothing may stand where something should.</summary>
    private static bool IsWhole(PlanFile file) =>
        file.Statements.All(static s => s is not null)
        && file.Guides.All(static g => g is not null && g.Steps.All(static s => s is not null))
        && file.Goal.Identities.All(static i => i is not null);

    /// <summary>Whether a script can have it in a literal.</summary>
    private static bool CanBeWritten(string? text) => text?.Contains('\0', StringComparison.Ordinal) != true;

    private static PlanFileReading Refused(string key, params (string Name, object? Value)[] arguments) =>
        new(null, null, new Problem(key, arguments.ToDictionary(a => a.Name, a => a.Value, StringComparer.Ordinal)));
}
