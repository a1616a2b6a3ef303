using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>What is wrong with a server's certificate.</summary>
[Flags]
public enum CertificateProblems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Nobody we trust signed it.</summary>
    Untrusted = 1,

    /// <summary>It has ended, or not begun.</summary>
    Expired = 2,

    /// <summary>It is for other names.</summary>
    Name = 4,

    /// <summary>The server sent none.</summary>
    Missing = 8,

    /// <summary>The CA certificates to judge it by are not readable as PEM text.</summary>
    CaUnreadable = 16,
}

/// <summary>The server's certificate was not accepted.</summary>
public sealed class CertificateRejectedException : NpgsqlException
{
    /// <summary>Makes one.</summary>
    /// <param name="problems">What is wrong with the certificate.</param>
    /// <param name="certificate">What it says; null when there was none.</param>
    /// <param name="inner">The handshake's own exception.</param>
    public CertificateRejectedException(CertificateProblems problems, CertificateFacts? certificate, Exception? inner)
        : base("The server's certificate was not accepted.", inner)
    {
        Problems = problems;
        Certificate = certificate;
    }

    /// <summary>What is wrong with it.</summary>
    public CertificateProblems Problems { get; }

    /// <summary>What it says about itself.</summary>
    public CertificateFacts? Certificate { get; }
}

/// <summary>
/// Judges a server's certificate as libpq does for the same <c>sslmode</c>, and remembers why it said no:
/// .NET gives the same exception for every reason.
/// See <see href="https://www.postgresql.org/docs/current/libpq-ssl.html"/>.
/// </summary>
public sealed class CertificateCheck
{
    private readonly string _host;
    private readonly TlsMode _mode;
    private readonly X509Certificate2Collection _roots = [];

    /// <summary>A check for one endpoint.</summary>
    /// <exception cref="CertificateRejectedException">The endpoint's CA text has no readable certificate.</exception>
    public CertificateCheck(SourceEndpoint endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        _host = endpoint.Host;
        _mode = endpoint.Tls;
        if (endpoint.CaCertificatePem is { } pem)
        {
            try
            {
                _roots.ImportFromPem(pem);
            }
            catch (CryptographicException exception)
            {
                throw new CertificateRejectedException(CertificateProblems.CaUnreadable, null, exception);
            }

            if (_roots.Count == 0)
            {
                throw new CertificateRejectedException(CertificateProblems.CaUnreadable, null, null);
            }
        }
    }

    /// <summary>What was wrong with the certificate that was judged last.</summary>
    public CertificateProblems Problems { get; private set; }

    /// <summary>What it says; null before a handshake.</summary>
    public CertificateFacts? Certificate { get; private set; }

    /// <summary>The call-back of a TLS handshake.</summary>
    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null)
        {
            Problems = CertificateProblems.Missing;
            return false;
        }

        using var leaf = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        Certificate = FactsOf(leaf);
        if (_mode is TlsMode.Require or TlsMode.Disable)
        {
            Problems = CertificateProblems.None;
            return true;
        }

        Problems = ChainProblems(leaf, chain);
        if (_mode == TlsMode.VerifyFull && !MatchesHost(leaf))
        {
            Problems |= CertificateProblems.Name;
        }

        return Problems == CertificateProblems.None;
    }

    private CertificateProblems ChainProblems(X509Certificate2 leaf, X509Chain? sent)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (_roots.Count > 0)
        {
            chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
            chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        }

        if (sent is not null)
        {
            // The intermediate certificates the server sent along.
            chain.ChainPolicy.ExtraStore.AddRange(sent.ChainPolicy.ExtraStore);
            foreach (var element in sent.ChainElements.Skip(1))
            {
                chain.ChainPolicy.ExtraStore.Add(element.Certificate);
            }
        }

        if (chain.Build(leaf))
        {
            return CertificateProblems.None;
        }

        var problems = CertificateProblems.None;
        foreach (var status in chain.ChainStatus)
        {
            problems |= status.Status switch
            {
                X509ChainStatusFlags.NoError => CertificateProblems.None,
                X509ChainStatusFlags.NotTimeValid => CertificateProblems.Expired,
                _ => CertificateProblems.Untrusted,
            };
        }

        return problems == CertificateProblems.None ? CertificateProblems.Untrusted : problems;
    }

    private bool MatchesHost(X509Certificate2 leaf)
    {
        try
        {
            return leaf.MatchesHostname(_host.TrimEnd('.'));
        }
        catch (Exception exception) when (exception is ArgumentException or CryptographicException)
        {
            // Not a host name at all, or a certificate whose list of names cannot be read.
            return false;
        }
    }

    private static CertificateFacts FactsOf(X509Certificate2 leaf)
    {
        var names = new List<string>();
        foreach (var extension in leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            names.AddRange(extension.EnumerateDnsNames());
            names.AddRange(extension.EnumerateIPAddresses().Select(static a => a.ToString()));
        }

        return new CertificateFacts(leaf.Subject, leaf.Issuer, new DateTimeOffset(leaf.NotAfter.ToUniversalTime(), TimeSpan.Zero), names);
    }
}
