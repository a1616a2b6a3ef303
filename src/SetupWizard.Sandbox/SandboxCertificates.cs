using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace SetupWizard.Sandbox;

/// <summary>Makes a certificate authority for one sandbox, and a certificate for its server on localhost.</summary>
internal static class SandboxCertificates
{
    /// <summary>Writes the authority's certificate, the server's certificate and the server's key as PEM.</summary>
    public static async Task WriteAsync(string authorityFile, string certificateFile, string keyFile, TimeProvider time, CancellationToken cancellationToken)
    {
        var from = time.GetUtcNow().AddHours(-1);
        var to = from.AddDays(30);

        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=SetupWizard sandbox authority", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        authorityRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        var authorityId = new X509SubjectKeyIdentifierExtension(authorityRequest.PublicKey, critical: false);
        authorityRequest.CertificateExtensions.Add(authorityId);
        using var authority = authorityRequest.CreateSelfSigned(from, to);

        using var serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serverRequest = new CertificateRequest("CN=localhost", serverKey, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        serverRequest.CertificateExtensions.Add(names.Build());
        serverRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        serverRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        serverRequest.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        serverRequest.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(serverRequest.PublicKey, critical: false));
        serverRequest.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(authorityId));
        var serial = RandomNumberGenerator.GetBytes(16);
        // A serial number is a positive integer without leading zeros (RFC 5280, 4.1.2.2).
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40);
        using var server = serverRequest.Create(authority, from, to, serial);

        await File.WriteAllTextAsync(authorityFile, authority.ExportCertificatePem(), cancellationToken).ConfigureAwait(false);
        await File.WriteAllTextAsync(certificateFile, server.ExportCertificatePem(), cancellationToken).ConfigureAwait(false);
        // The server refuses a key that others can read; the mode is set before the key is in the file.
        await File.WriteAllTextAsync(keyFile, "", cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await File.WriteAllTextAsync(keyFile, serverKey.ExportPkcs8PrivateKeyPem(), cancellationToken).ConfigureAwait(false);
    }
}
