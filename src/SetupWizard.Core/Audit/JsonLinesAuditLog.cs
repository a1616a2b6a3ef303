using System.Collections.Concurrent;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Unicode;

namespace SetupWizard.Core.Audit;

/// <summary>
/// The audit as a file of JSON lines, readable by its owner only, each chained to the one before it (<see cref="AuditChain"/>). A statement may name a thousand
/// tables, so its text stands in the line that announces it alone (<see cref="AuditEvent.Started"/>); later lines of the same run and index have an empty
/// <c>sql</c>, and reading fills it in again. A half line that a full disk or a crash left is nothing; the chain goes on behind it.
/// </summary>
public sealed class JsonLinesAuditLog : IAuditLog, IDisposable
{
    /// <summary>The record's name in a data directory.</summary>
    public const string FileName = "audit.jsonl";

    private static readonly JsonSerializerOptions s_json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Retries while another process holds the lock on the file, and the delay between them: five seconds in all.</summary>
    private const int TurnLooks = 250;
    private static readonly TimeSpan s_turnPause = TimeSpan.FromMilliseconds(20);

    private readonly string _path;
    private readonly string _endPath;
    private readonly string _turnPath;
    private readonly Func<byte[]> _key;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly ConcurrentDictionary<(string Run, int Index), bool> _announced = new();

    /// <summary>Where the chain ended when this object last looked, and how long the file was then.</summary>
    private (long Length, ChainEnd End)? _seen;

    /// <summary>A record in <paramref name="directory"/>, chained with the key of the installation that has its files there.</summary>
    public JsonLinesAuditLog(string directory, TimeProvider time)
        : this(directory, new InstallationKey(directory).ForRecord, time)
    {
    }

    private JsonLinesAuditLog(string directory, Func<byte[]> key, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _path = Path.Combine(directory, FileName);
        _endPath = Path.Combine(directory, "audit.end");
        _turnPath = Path.Combine(directory, "audit.turn");
        _key = key;
        _time = time;
    }

    /// <inheritdoc/>
    public async Task AppendAsync(IReadOnlyList<AuditEntry> entries, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(entries);
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            PrivateFiles.MakeDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            var others = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
            await using (others.ConfigureAwait(false))
            {
                await AppendAsync(entries, new AuditChain(_key()), cancellationToken).ConfigureAwait(false);
            }

            foreach (var entry in entries)
            {
                Remember((entry.Run, entry.Index), entry.Event);
            }
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
    public async Task<string?> TroubleAsync(CancellationToken cancellationToken)
    {
        try
        {
            PrivateFiles.MakeDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
            _key();
            var others = await TakeTurnAsync(cancellationToken).ConfigureAwait(false);
            await using (others.ConfigureAwait(false))
            {
                foreach (var path in new[] { _path, _endPath }.Where(Path.Exists))
                {
                    var file = PrivateFiles.Open(path, FileMode.Append, FileShare.ReadWrite);
                    await file.DisposeAsync().ConfigureAwait(false);
                }
            }

            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
    }

    /// <inheritdoc/>
    public async Task<AuditRecord> ReadAsync(AuditSource? about, CancellationToken cancellationToken)
    {
        try
        {
            // The end first: a line that comes meanwhile is one more, and none is missing.
            var keyed = File.Exists(_path) || File.Exists(_endPath) ? new AuditChain(_key()) : null;
            return keyed is null ? new AuditRecord([], null) : await ReadAsync(keyed, ReadEnd(keyed), about, cancellationToken).ConfigureAwait(false);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<AuditRecord> ReadAsync(AuditChain chain, ChainEnd? kept, AuditSource? about, CancellationToken cancellationToken)
    {
        var entries = new List<AuditEntry>();
        var announced = new Dictionary<(string Run, int Index), AuditEntry>();
        var another = new HashSet<(string User, string Publication)>();
        var (last, number, changed, atKept) = (ChainEnd.Start, 0, (int?)null, kept is { Count: 0 });
        await foreach (var line in LinesAsync(cancellationToken).ConfigureAwait(false))
        {
            number++;
            var follows = chain.Follows(line, last, out last);
            atKept |= follows && last == kept;
            if (Parse(line) is not { } entry)
            {
                continue;
            }

            changed ??= follows ? null : number;
            if (about?.Has(entry) == false)
            {
                if (entry.Source == about.Name)
                {
                    another.Add((entry.User, entry.Publication));
                }

                continue;
            }

            var place = (entry.Run, entry.Index);
            if (entry.Event == AuditEvent.Started)
            {
                announced[place] = entry;
            }
            else if (announced.TryGetValue(place, out var first))
            {
                entry = entry.Sql.Length > 0 ? entry : entry with { Sql = first.Sql, Undo = first.Undo, Leaves = first.Leaves, Undoes = first.Undoes, Arguments = first.Arguments };
                entry = entry with { Transaction = entry.Transaction ?? first.Transaction, Oids = entry.Oids ?? first.Oids };
                announced[place] = first with { Transaction = entry.Transaction, Oids = entry.Oids };
            }

            entries.Add(entry);
        }

        // A file that was made and not yet written to.
        atKept |= number == 0 && kept is null && !File.Exists(_endPath);
        return new AuditRecord(entries, changed is null && atKept ? null : new AuditDamage(_path, changed)) { OfAnother = another };
    }

    /// <summary>The file that serves as a lock between processes: whoever holds it open may append.</summary>
    private async Task<FileStream> TakeTurnAsync(CancellationToken cancellationToken)
    {
        for (var look = 0; ; look++)
        {
            try
            {
                return PrivateFiles.Open(_turnPath, FileMode.OpenOrCreate, FileShare.None);
            }
            catch (IOException) when (look < TurnLooks && Directory.Exists(Path.GetDirectoryName(_turnPath)) && File.Exists(_turnPath))
            {
                await Task.Delay(s_turnPause, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task AppendAsync(IReadOnlyList<AuditEntry> entries, AuditChain chain, CancellationToken cancellationToken)
    {
        var file = PrivateFiles.Open(_path, FileMode.Append, FileShare.ReadWrite);
        await using (file.ConfigureAwait(false))
        {
            var length = file.Length;
            if (length == 0 && !File.Exists(_endPath))
            {
                // From the first line on there is an end: where it is missing, somebody took it away.
                WriteEnd(chain.Write(ChainEnd.Start));
            }

            var (end, whole) = _seen is { } seen && seen.Length == length ? (seen.End, true) : await LastAsync(chain, cancellationToken).ConfigureAwait(false);

            // Half a line stays what it is, and the next one begins a line of its own.
            var text = new StringBuilder(whole ? "" : "\n");
            foreach (var entry in entries)
            {
                var repeated = entry.Event != AuditEvent.Started && _announced.ContainsKey((entry.Run, entry.Index));
                var json = JsonSerializer.Serialize(repeated ? entry with { Sql = "", Undo = null, Leaves = null, Undoes = null, Arguments = null } : entry, s_json);
                (var line, end) = chain.Add(json, end);
                text.Append(line).Append('\n');
            }

            _seen = null;
            var bytes = Encoding.UTF8.GetBytes(text.ToString());
            await file.WriteAsync(bytes, CancellationToken.None).ConfigureAwait(false);

            // What decides whether a change is in effect has to outlive the machine's power, too; a statement outside of a transaction is in effect without another line. The end is never
            // ahead of what is on the disk: lines behind it are followed by their chain, and those that a power cut took decide nothing.
            if (entries.Any(static e => e.Event is not (AuditEvent.Started or AuditEvent.Executed) || !e.Transactional))
            {
                file.Flush(flushToDisk: true);
                WriteEnd(chain.Write(end));
            }

            _seen = (length + bytes.Length, end);
        }
    }

    /// <summary>Where the chain ends now, and whether the file ends with a line's end.</summary>
    private async Task<(ChainEnd End, bool Whole)> LastAsync(AuditChain chain, CancellationToken cancellationToken)
    {
        var last = ChainEnd.Start;
        await foreach (var line in LinesAsync(cancellationToken).ConfigureAwait(false))
        {
            chain.Follows(line, last, out last);
        }

        // Where lines are missing, the chain goes on behind what is missing: that stays to be seen.
        if (ReadEnd(chain) is { } kept && kept.Count > last.Count)
        {
            last = kept;
        }

        using var file = Reader();
        if (file is not { Length: > 0 })
        {
            return (last, true);
        }

        file.Seek(-1, SeekOrigin.End);
        return (last, file.ReadByte() == '\n');
    }

    private async IAsyncEnumerable<string> LinesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (Reader() is not { } file)
        {
            yield break;
        }

        using var reader = new StreamReader(file, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            yield return line;
        }
    }

    private FileStream? Reader()
    {
        try
        {
            return new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private ChainEnd? ReadEnd(AuditChain chain)
    {
        try
        {
            return chain.Read(File.ReadAllText(_endPath));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private void WriteEnd(string text)
    {
        // Written atomically: to a temporary file that replaces the old one.
        var next = _endPath + ".next";
        using (var file = PrivateFiles.Open(next, FileMode.Create, FileShare.None))
        {
            file.Write(Encoding.ASCII.GetBytes(text));
            file.Flush(flushToDisk: true);
        }

        File.Move(next, _endPath, overwrite: true);
    }

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
            return null;
        }
    }
}
