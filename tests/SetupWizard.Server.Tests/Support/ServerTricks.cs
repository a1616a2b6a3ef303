using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Npgsql;

namespace SetupWizard.Server.Tests.Support;

/// <summary>What a test does to a sandbox's server behind the wizard's back, through a superuser session: no file access of ours is needed.</summary>
public static class ServerTricks
{
    /// <summary>The rules a sandbox starts with.</summary>
    public const string UsualRules = "hostssl all all all scram-sha-256\nhostnossl all all all scram-sha-256";

    /// <summary>Writes a file in the server's data directory, readable by the server alone.</summary>
    public static async Task WriteServerFileAsync(this NpgsqlConnection superuser, string file, string text) =>
        await superuser.ExecuteAsync(
            $"COPY (SELECT line FROM unnest(string_to_array($text${text.TrimEnd()}$text$, E'\\n')) WITH ORDINALITY t(line, n) ORDER BY n) TO PROGRAM 'umask 077; rm -f {file}; cat > {file}' WITH (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')");

    /// <summary>Replaces pg_hba.conf, keeps the sandbox's own way in, and waits until the server goes by it.</summary>
    public static async Task SetAccessAsync(this NpgsqlConnection superuser, string rules)
    {
        await superuser.WriteServerFileAsync("pg_hba.conf", "local all all trust\n" + rules);
        await superuser.ReloadAsync();
    }

    /// <summary>Sets parameters and waits until the server goes by them.</summary>
    public static async Task SetAsync(this NpgsqlConnection superuser, string name, string value)
    {
        await superuser.ExecuteAsync($"ALTER SYSTEM SET {name} = '{value}'");
        await superuser.ReloadAsync();
    }

    /// <summary>Reloads, and waits until this session and the postmaster, which new sessions come from, have done so.</summary>
    public static async Task ReloadAsync(this NpgsqlConnection superuser)
    {
        const string LoadTime = "SELECT pg_conf_load_time()";
        var before = await superuser.ScalarAsync<DateTime>(LoadTime);
        await superuser.ExecuteAsync("SELECT pg_reload_conf()");
        await Eventually.TrueAsync(async () => await superuser.ScalarAsync<DateTime>(LoadTime) > before, "The session did not reload.");

        // A new session inherits the postmaster's load time: a later one means parameters, access rules and certificate are the new ones.
        var fresh = new NpgsqlConnectionStringBuilder(superuser.ConnectionString) { Pooling = false }.ConnectionString;
        await Eventually.TrueAsync(
            async () =>
            {
                await using var session = new NpgsqlConnection(fresh);
                await session.OpenAsync();
                return await session.ScalarAsync<DateTime>(LoadTime) > before;
            },
            "The postmaster did not reload.");
    }

    /// <summary>Gives the server a certificate made for the occasion and returns the PEM of who signed it.</summary>
    /// <param name="superuser">A superuser's session.</param>
    /// <param name="name">The DNS name it is for.</param>
    /// <param name="expired">Whether it has ended.</param>
    /// <param name="selfSigned">Whether it signs itself; the returned PEM is then its own.</param>
    public static async Task<string> UseCertificateAsync(this NpgsqlConnection superuser, string name, bool expired = false, bool selfSigned = false)
    {
        var from = TimeProvider.System.GetUtcNow().AddDays(-60);
        var to = expired ? from.AddDays(30) : from.AddDays(365);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=Authority of this test", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var authority = authorityRequest.CreateSelfSigned(from, from.AddDays(365));

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = selfSigned
            ? request.CreateSelfSigned(from, to)
            : request.Create(authority, from, to, [0x42, .. RandomNumberGenerator.GetBytes(8)]);

        await superuser.WriteServerFileAsync("odd.crt", certificate.ExportCertificatePem());
        await superuser.WriteServerFileAsync("odd.key", key.ExportPkcs8PrivateKeyPem());
        await superuser.ExecuteAsync("ALTER SYSTEM SET ssl_cert_file = 'odd.crt'");
        await superuser.SetAsync("ssl_key_file", "odd.key");
        return selfSigned ? certificate.ExportCertificatePem() : authority.ExportCertificatePem();
    }

    /// <summary>The sandbox's own certificate again.</summary>
    public static async Task UseOwnCertificateAsync(this NpgsqlConnection superuser)
    {
        await superuser.ExecuteAsync("ALTER SYSTEM RESET ssl_cert_file");
        await superuser.ExecuteAsync("ALTER SYSTEM RESET ssl_key_file");
        await superuser.ReloadAsync();
    }
}
