using System.Security.Cryptography;
using System.Text;

namespace SetupWizard.Core.Audit;

/// <summary>
/// The key pair of this installation (ECDSA, P-256): a file in the data directory, readable by its owner only, made when it is first needed. It never leaves it.
/// </summary>
public sealed class InstallationKey
{
    private readonly string _path;
    private readonly Lock _gate = new();

    /// <summary>The key in <paramref name="directory"/>.</summary>
    public InstallationKey(string directory)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        _path = Path.Combine(directory, "plan-key.pem");
    }

    /// <summary>When it was made; null before that.</summary>
    public DateTimeOffset? MadeAt => File.Exists(_path) ? File.GetLastWriteTimeUtc(_path) : null;

    /// <summary>The key pair; the caller disposes it.</summary>
    /// <exception cref="IOException">It cannot be kept.</exception>
    public ECDsa Open()
    {
        lock (_gate)
        {
            var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            try
            {
                if (!File.Exists(_path))
                {
                    try
                    {
                        PrivateFiles.MakeDirectory(Path.GetDirectoryName(Path.GetFullPath(_path))!);
                        using var file = PrivateFiles.Open(_path, FileMode.CreateNew, FileShare.None);
                        file.Write(Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()));
                        return key;
                    }
                    catch (IOException) when (File.Exists(_path))
                    {
                        // Another process was first; its key is the one.
                    }
                }

                key.ImportFromPem(File.ReadAllText(_path));
                return key;
            }
            catch (Exception e) when (e is ArgumentException or CryptographicException or UnauthorizedAccessException)
            {
                key.Dispose();
                throw new IOException(e.Message, e);
            }
        }
    }

    /// <summary>The secret that the record of changes is chained with: made of the key, and good for nothing else.</summary>
    /// <exception cref="IOException">The key cannot be kept.</exception>
    public byte[] ForRecord()
    {
        using var key = Open();
        return HKDF.DeriveKey(HashAlgorithmName.SHA256, key.ExportParameters(includePrivateParameters: true).D!, 32, info: "setupwizard record"u8.ToArray());
    }
}
