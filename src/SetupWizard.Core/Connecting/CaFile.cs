using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>
/// The CA certificates of an endpoint as a file that only this user can read, for the one place that takes nothing else:
/// a replication connection. Deleted when disposed. Certificates are public; the file holds no secret.
/// </summary>
public sealed class CaFile : IDisposable
{
    private readonly DirectoryInfo? _directory;

    private CaFile(DirectoryInfo? directory, string? path)
    {
        _directory = directory;
        Path = path;
    }

    /// <summary>Where it is; null when the endpoint trusts the machine's own certificates.</summary>
    public string? Path { get; }

    /// <summary>Writes the file, when the endpoint brings certificates of its own.</summary>
    public static async Task<CaFile> CreateAsync(SourceEndpoint endpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.CaCertificatePem is not { } pem || endpoint.Tls is TlsMode.Disable or TlsMode.Require)
        {
            return new CaFile(null, null);
        }

        // Created with access for this user alone.
        var directory = Directory.CreateTempSubdirectory("setupwizard-ca-");
        var file = new CaFile(directory, System.IO.Path.Combine(directory.FullName, "ca.pem"));
        try
        {
            await File.WriteAllTextAsync(file.Path!, pem, cancellationToken).ConfigureAwait(false);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Deletes it.</summary>
    public void Dispose()
    {
        if (_directory is { Exists: true })
        {
            _directory.Delete(recursive: true);
        }
    }
}
