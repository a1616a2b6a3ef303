using System.Text.Json;
using SetupWizard.Core.Audit;

namespace SetupWizard.Core.HandOff;

/// <summary>
/// The key pair this installation signs plans with, and the keys of others that somebody here agreed to. Both are files in the data directory; the private
/// key is readable by its owner only and never leaves it.
/// </summary>
public sealed class PlanKeys
{
    private readonly InstallationKey _own;
    private readonly string _knownFile;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    /// <summary>Keys in <paramref name="directory"/>; made when they are first needed.</summary>
    public PlanKeys(string directory, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _own = new InstallationKey(directory);
        _knownFile = Path.Combine(directory, "plan-signers.json");
        _time = time;
    }

    /// <summary>The fingerprint of this installation's key, to be told to whoever receives its files.</summary>
    /// <exception cref="IOException">The key cannot be kept.</exception>
    public string Own()
    {
        using var key = _own.Open();
        return PlanFileFormat.FingerprintOf(key);
    }

    /// <summary>A plan as a document signed by this installation.</summary>
    /// <exception cref="IOException">The key cannot be kept.</exception>
    public string Sign(PlanFile file)
    {
        using var key = _own.Open();
        return PlanFileFormat.Write(file, key);
    }

    /// <summary>Since when a key is known here; null for one that nobody agreed to.</summary>
    /// <exception cref="IOException">The keys cannot be read.</exception>
    public DateTimeOffset? KnownSince(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        lock (_gate)
        {
            return ReadKnown().TryGetValue(fingerprint, out var since) ? since
                : _own.MadeAt is { } made && fingerprint == Own() ? made
                : null;
        }
    }

    /// <summary>Remembers that somebody compared a fingerprint with its owner and agreed.</summary>
    /// <exception cref="IOException">It cannot be remembered.</exception>
    public void Trust(string fingerprint)
    {
        ArgumentNullException.ThrowIfNull(fingerprint);
        lock (_gate)
        {
            var known = ReadKnown();
            if (known.TryAdd(fingerprint, _time.GetUtcNow()))
            {
                Write(_knownFile, JsonSerializer.SerializeToUtf8Bytes(known));
            }
        }
    }

    private Dictionary<string, DateTimeOffset> ReadKnown()
    {
        try
        {
            return File.Exists(_knownFile) ? JsonSerializer.Deserialize<Dictionary<string, DateTimeOffset>>(File.ReadAllBytes(_knownFile)) ?? [] : [];
        }
        catch (JsonException)
        {
            // An unreadable list counts as empty: every key has to be confirmed again.
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private static void Write(string path, byte[] content)
    {
        try
        {
            PrivateFiles.MakeDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using var file = PrivateFiles.Open(path, FileMode.Create, FileShare.None);
            file.Write(content);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
