using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Core.Model;

namespace SetupWizard.Sessions.Saved;

/// <summary>A draft's file.</summary>
/// <param name="Name">The file's name, without its folder.</param>
/// <param name="At">When it was last written.</param>
public sealed record DraftFile(string Name, DateTimeOffset At)
{
    /// <summary>What is in it; null when it cannot be read, or not by this version.</summary>
    public SavedSetup? Draft { get; init; }

    /// <summary>A newer version wrote it: it is left alone.</summary>
    public bool Newer { get; init; }
}

/// <summary>
/// Drafts as files of the data directory, one for each database, readable by their owner only. They belong to the directory: everybody who may use the
/// wizard that works in it sees them. A file appears whole or not at all, so that several processes may share the directory.
/// </summary>
public sealed class SavedSetupStore
{
    /// <summary>More are not kept: the oldest goes.</summary>
    public const int Most = 20;

    /// <summary>No draft is larger: ten thousand tables named one by one have less than a megabyte.</summary>
    private const long MostBytes = 16_000_000;

    private const string Suffix = ".draft.json";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        IgnoreReadOnlyProperties = true,
        RespectNullableAnnotations = true,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private readonly string _folder;
    private readonly ILogger _log;

    public SavedSetupStore(IOptions<WizardOptions> options, ILogger<SavedSetupStore> log)
    {
        ArgumentNullException.ThrowIfNull(options);
        _folder = Path.Combine(options.Value.DataDirectory, "drafts");
        _log = log;
    }

    /// <summary>Raised after a draft was written or deleted by this process, on any thread.</summary>
    public event Action? Changed;

    /// <summary>All drafts, the latest first and those that cannot be read last. Never throws: what cannot be read is listed as such.</summary>
    public IReadOnlyList<DraftFile> List()
    {
        try
        {
            return Directory.Exists(_folder)
                ? [.. new DirectoryInfo(_folder).EnumerateFiles("*" + Suffix).Select(Read).OrderBy(static f => f.Draft is null).ThenByDescending(static f => f.At)]
                : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.DraftFailed(_log, "list", exception);
            return [];
        }
    }

    /// <summary>The draft of a database; null when there is none that this version can read. Never throws.</summary>
    public SavedSetup? Find(SourceEndpoint endpoint)
    {
        var file = new FileInfo(Path.Combine(_folder, NameOf(endpoint)));
        return file.Exists ? Read(file).Draft : null;
    }

    /// <summary>Writes a draft in place of the one before for the same database. A file of a newer version is left alone.</summary>
    /// <returns>Whether it was written; what kept it is in the log, for no set-up must fail for want of a draft.</returns>
    public async Task<bool> SaveAsync(SavedSetup draft, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var path = Path.Combine(_folder, NameOf(draft.Endpoint));
        var temporary = Path.Combine(_folder, "." + Guid.NewGuid().ToString("N") + ".tmp");
        try
        {
            MakeFolder();
            if (File.Exists(path) && Read(new FileInfo(path)).Newer)
            {
                return false;
            }

            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            await using (var file = new FileStream(temporary, options))
            {
                await JsonSerializer.SerializeAsync(file, draft, s_json, cancellationToken);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
            DropOldest();
            Changed?.Invoke();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.DraftFailed(_log, "save", exception);
            return false;
        }
        finally
        {
            Drop(temporary);
        }
    }

    /// <summary>Deletes a draft; one of a newer version stays.</summary>
    public void Delete(DraftFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        if (!file.Newer)
        {
            Drop(Path.Combine(_folder, Path.GetFileName(file.Name)));
            Changed?.Invoke();
        }
    }

    /// <summary>The database's name does not go into a file's name: it may have any character in it.</summary>
    private static string NameOf(SourceEndpoint endpoint) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(endpoint.Identity)))[..32] + Suffix;

    private static DraftFile Read(FileInfo file)
    {
        var found = new DraftFile(file.Name, new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero));
        try
        {
            if (file.Length > MostBytes)
            {
                return found;
            }

            using var stream = file.OpenRead();
            using var json = JsonDocument.Parse(stream);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return found;
            }

            // The number comes first: what a newer version means by the rest is not ours to guess.
            if (json.RootElement.TryGetProperty("format", out var format) && format.ValueKind == JsonValueKind.Number && format.GetDouble() > SavedSetup.CurrentFormat)
            {
                return found with { Newer = true };
            }

            var draft = json.Deserialize<SavedSetup>(s_json);
            return draft is { Host.Length: > 0, Database.Length: > 0, Port: > 0 and <= 65535, SshPort: > 0 and <= 65535 } && IsWhole(draft.Goal)
                ? found with { Draft = draft, At = draft.SavedAt == default ? found.At : draft.SavedAt }
                : found;
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException or InvalidOperationException or NotSupportedException)
        {
            return found;
        }
    }

    /// <summary>Nothing in a list may be missing: the reader of JSON does not look into lists.</summary>
    private static bool IsWhole(SetupGoal goal) =>
        goal is { User.Length: > 0, Publication.Length: > 0, Pipe.IsValid: true }
        && goal.Schemas.Concat(goal.WholeSchemas).All(static s => !string.IsNullOrEmpty(s))
        && goal.Tables.Concat(goal.Excluded).Concat(goal.Identities.Select(static i => i?.Table ?? default)).All(static t => !string.IsNullOrEmpty(t.Schema) && !string.IsNullOrEmpty(t.Name));

    private void MakeFolder()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(_folder);
        }
        else
        {
            Directory.CreateDirectory(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private void DropOldest()
    {
        foreach (var file in List().Where(f => !f.Newer).Skip(Most))
        {
            Drop(Path.Combine(_folder, file.Name));
        }
    }

    private void Drop(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Log.DraftFailed(_log, "delete", exception);
        }
    }
}
