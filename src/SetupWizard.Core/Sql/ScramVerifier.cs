using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace SetupWizard.Core.Sql;

/// <summary>
/// A password as the SCRAM-SHA-256 verifier PostgreSQL itself would store, so that the password reaches no statement, no log and no statistics view.
/// See <see href="https://www.postgresql.org/docs/current/auth-password.html"/> and RFC 5803.
/// </summary>
public static class ScramVerifier
{
    /// <summary>PostgreSQL's own default (<c>scram_iterations</c>).</summary>
    public const int Iterations = 4096;

    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    /// <summary>Computes a verifier with a fresh salt.</summary>
    public static SecretString Create(SecretString password)
    {
        ArgumentNullException.ThrowIfNull(password);
        return Create(password, RandomNumberGenerator.GetBytes(SaltBytes));
    }

    /// <summary>Computes the verifier for a salt: what a server that has this salt stores.</summary>
    public static SecretString Create(SecretString password, byte[] salt)
    {
        ArgumentNullException.ThrowIfNull(password);
        ArgumentNullException.ThrowIfNull(salt);
        var prepared = Encoding.UTF8.GetBytes(SaslPrep.Prepare(password.Reveal()));
        var salted = Rfc2898DeriveBytes.Pbkdf2(prepared, salt, Iterations, HashAlgorithmName.SHA256, HashBytes);
        var storedKey = SHA256.HashData(HMACSHA256.HashData(salted, "Client Key"u8));
        var serverKey = HMACSHA256.HashData(salted, "Server Key"u8);
        return new SecretString(string.Create(
            CultureInfo.InvariantCulture,
            $"SCRAM-SHA-256${Iterations}:{Convert.ToBase64String(salt)}${Convert.ToBase64String(storedKey)}:{Convert.ToBase64String(serverKey)}"));
    }
}
