using System.Security.Cryptography;
using System.Text.Json;

namespace SetupWizard.Core.HandOff;

/// <summary>
/// The key pair this installation signs plans with, and the keys of others that somebody here agreed to. Both are files in the data directory; the private
/// key is readable by its owner only and never leaves it.
/// </summary>
public sealed class PlanKeys
{
    private readonly string _keyFile;
    private readonly string _knownFile;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();

    /// <summary>Keys in <paramref name="directory"/>; made when they are first needed.</summary>
    public PlanKeys(string directory, TimeProvider time)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _keyFile = Path.Combine(directory, "plan-key.pem");
        _knownFile = Path.Combine(directory, "plan-signers.json");
        _time = time;
    }

    /// <summary>The fingerprint of this installation's key, to be told to whoever receives its files.</summary>
    /// <exception cref="IOException">The key cannot be kept.</exception>
    public string Own()
    {
        using var key = Open();
        return PlanFileFormat.FingerprintOf(key);
    }

    /// <summary>A plan as a document signed by this installation.</summary>
    /// <exception cref="IOException">The key cannot be kept.</exception>
    public string Sign(PlanFile file)
    {
        using var key = Open();
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
                : File.Exists(_keyFile) && fingerprint == Own() ? File.GetLastWriteTimeUtc(_keyFile)
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
                Write(_knownFile, FileMode.Create, JsonSerializer.SerializeToUtf8Bytes(known));
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
            // What cannot be read is not known: every key is asked about again.
            return [];
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }

    private ECDsa Open()
    {
        lock (_gate)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            try
            {
                if (!File.Exists(_keyFile))
                {
                    try
                    {
                        Write(_keyFile, FileMode.CreateNew, System.Text.Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
                        return key;
                    }
                    catch (IOException) when (File.Exists(_keyFile))
                    {
                        // Another process was first; its key is the one.
                    }
                }

                key.ImportFromPem(File.ReadAllText(_keyFile));
                return key;
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException or UnauthorizedAccessException)
            {
                key.Dispose();
                throw new IOException(e.Message, e);
            }
        }
    }

    private static void Write(string path, FileMode mode, byte[] content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.None };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using var file = new FileStream(path, options);
            file.Write(content);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
