using System.Diagnostics;
using System.Text.RegularExpressions;
using Npgsql;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Support;

/// <summary>A script run by the real psql, as somebody at a terminal would.</summary>
internal static class PsqlRun
{
    // Debian's psql is a script in Perl, which takes longer than the program it looks for.
    private static readonly string s_psql = Directory.Exists("/usr/lib/postgresql")
        ? Directory.GetDirectories("/usr/lib/postgresql").Select(static d => Path.Combine(d, "bin", "psql")).Where(File.Exists).Order(StringComparer.Ordinal).LastOrDefault() ?? "psql"
        : "psql";

    /// <summary>Runs it as the sandbox's administrator.</summary>
    /// <param name="sandbox">The server.</param>
    /// <param name="script">The script.</param>
    /// <param name="input">What is typed: psql asks whether somebody is there, and for passwords.</param>
    /// <param name="database">Another database of the server.</param>
    /// <param name="login">Another login than the administrator.</param>
    /// <param name="arguments">Further arguments of psql.</param>
    /// <returns>The exit code, and what psql complained about.</returns>
    public static async Task<(int Code, string Error)> AsAdminAsync(
        PostgresSandbox sandbox, string script, string input, string? database = null, (string User, string Password)? login = null, params string[] arguments) =>
        await RunAsync(sandbox, script, input, database, login, "error", arguments);

    /// <summary>The same, typed line by line by somebody who takes so long for each.</summary>
    public static async Task<(int Code, string Error)> TypedSlowlyAsync(PostgresSandbox sandbox, string script, string input, TimeSpan each, string? database) =>
        await RunAsync(sandbox, script, input, database, null, "error", [], each);

    /// <summary>The same with the notices, which a person at psql sees as well.</summary>
    public static async Task<(int Code, string Error)> WithNoticesAsync(PostgresSandbox sandbox, string script, string input, string? database) =>
        await RunAsync(sandbox, script, input, database, null, "notice", []);

    private static async Task<(int Code, string Error)> RunAsync(
        PostgresSandbox sandbox, string script, string input, string? database, (string User, string Password)? login, string messages, string[] arguments, TimeSpan each = default)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, script);
            // In a session of its own psql has no terminal to ask at.
            var start = new ProcessStartInfo("setsid", ["--wait", s_psql, "--no-psqlrc", "--quiet", .. arguments, "--file", file, sandbox.UriWithoutPassword])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            if (database is not null || login is not null)
            {
                var parts = new NpgsqlConnectionStringBuilder(sandbox.AdminConnectionString);
                start.ArgumentList[^1] = $"host={parts.Host} port={parts.Port} dbname={Value(database ?? parts.Database!)} user={Value(login?.User ?? parts.Username!)} sslmode=verify-full sslrootcert={Value(sandbox.CaCertificatePath)}";
            }

            start.Environment["PGPASSWORD"] = login?.Password ?? sandbox.AdminPassword;
            start.Environment["PGOPTIONS"] = "-c client_min_messages=" + messages;
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            try
            {
                foreach (var line in each == default ? [input] : input.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => l + "\n"))
                {
                    await Task.Delay(each);
                    await process.StandardInput.WriteAsync(line);
                    await process.StandardInput.FlushAsync();
                }

                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended before it asked; what it says tells why.
            }

            var error = await process.StandardError.ReadToEndAsync();
            await output;
            await process.WaitForExitAsync();
            // What is left of the prompts when nobody sees them.
            error = Regex.Replace(error, "Enter new password for user \".*?\": ?|Enter it again: ?|\r?\n", "", RegexOptions.Singleline);
            return (process.ExitCode, error);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>A value as a connection string of libpq takes it, whatever is in it.</summary>
    private static string Value(string text) => "'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";
}
