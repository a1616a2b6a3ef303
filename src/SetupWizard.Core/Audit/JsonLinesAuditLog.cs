using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace SetupWizard.Core.Audit;

/// <summary>
/// The audit as a file of JSON lines, readable by its owner only. A statement may name a thousand tables, so its text stands in the line that announces it
/// alone (<see cref="AuditEvent.Started"/>); later lines of the same run and index have an empty <c>sql</c>, and reading fills it in again.
/// </summary>
public sealed class JsonLinesAuditLog : IAuditLog, IDisposable
{
    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    private readonly string _path;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<(string Run, int Index), bool> _announced = new();

    /// <summary>Writes to <paramref name="path"/>; the folder is made when it is missing.</summary>
    public JsonLinesAuditLog(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _path = path;
    }

    /// <inheritdoc/>
    public async Task AppendAsync(AuditEntry entry, CancellationToken cancellationToken)
    {
        var place = (entry.Run, entry.Index);
        var repeated = entry.Event != AuditEvent.Started && _announced.ContainsKey(place);
        var line = JsonSerializer.SerializeToUtf8Bytes(repeated ? entry with { Sql = "", Undo = null, Leaves = null, Undoes = null, Arguments = null } : entry, s_json);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            }

            var file = new FileStream(_path, options);
            await using (file.ConfigureAwait(false))
            {
                // One write for line and end: two processes may share the file, and O_APPEND keeps each write whole.
                await file.WriteAsync((byte[])[.. line, (byte)'\n'], cancellationToken).ConfigureAwait(false);
            }

            Remember(place, entry.Event);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<AuditEntry> ReadAsync(string? source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!File.Exists(_path))
        {
            yield break;
        }

        var announced = new Dictionary<(string Run, int Index), AuditEntry>();
        await foreach (var line in File.ReadLinesAsync(_path, cancellationToken).ConfigureAwait(false))
        {
            if (Parse(line) is not { } entry || (source is not null && entry.Source != source))
            {
                continue;
            }

            if (entry.Event == AuditEvent.Started)
            {
                announced[(entry.Run, entry.Index)] = entry;
            }
            else if (entry.Sql.Length == 0 && announced.TryGetValue((entry.Run, entry.Index), out var first))
            {
                entry = entry with { Sql = first.Sql, Undo = first.Undo, Leaves = first.Leaves, Undoes = first.Undoes, Arguments = first.Arguments };
            }

            if (IsLastWord(entry.Event))
            {
                announced.Remove((entry.Run, entry.Index));
            }

            yield return entry;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>After these nothing more is said about a change.</summary>
    private static bool IsLastWord(AuditEvent what) => what is AuditEvent.InEffect or AuditEvent.RolledBack;

    private void Remember((string Run, int Index) place, AuditEvent what)
    {
        if (what == AuditEvent.Started)
        {
            _announced[place] = true;
        }
        else if (IsLastWord(what))
        {
            _announced.TryRemove(place, out _);
        }
    }

    private static AuditEntry? Parse(string line)
    {
        try
        {
            return line.Length == 0 ? null : JsonSerializer.Deserialize<AuditEntry>(line, s_json);
        }
        catch (JsonException)
        {
            // A line cut short by a crash must not hide the others.
            return null;
        }
    }
}
