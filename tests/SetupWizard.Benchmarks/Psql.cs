using System.Diagnostics;
using System.Text;
using SetupWizard.Core.Model;
using SetupWizard.Sandbox;

namespace SetupWizard.Benchmarks;

/// <summary>The plan's statements as a person would run them: a file, in the engine's transactions, with no guard and no check.</summary>
internal static class Psql
{
    /// <summary>Writes the statements of a plan that has no secret in it.</summary>
    public static string Script(string path, SetupPlan plan)
    {
        var text = new StringBuilder("\\set ON_ERROR_STOP on\nSET lock_timeout = '3s';\n");
        for (var i = 0; i < plan.Changes.Count;)
        {
            var first = plan.Changes[i];
            var end = i + 1;
            while (!first.OwnTransaction && end < plan.Changes.Count && plan.Changes[end] is { OwnTransaction: false } next && next.Phase == first.Phase)
            {
                end++;
            }

            text.Append("BEGIN;\n");
            for (; i < end; i++)
            {
                text.Append(plan.Changes[i].Statement.Execute(password: null)).Append(";\n");
            }

            text.Append("COMMIT;\n");
        }

        File.WriteAllText(path, text.ToString());
        return path;
    }

    /// <summary>Runs a file as the administrator, over TLS as the engine does.</summary>
    public static async Task RunAsync(PostgresSandbox sandbox, string file, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("psql", ["--no-psqlrc", "--quiet", "--file", file, sandbox.UriWithoutPassword]) { RedirectStandardError = true };
        start.Environment["PGPASSWORD"] = sandbox.AdminPassword;
        start.Environment["PGOPTIONS"] = "-c client_min_messages=error";
        using var psql = Process.Start(start) ?? throw new InvalidOperationException("psql did not start.");
        var errors = await psql.StandardError.ReadToEndAsync(cancellationToken);
        await psql.WaitForExitAsync(cancellationToken);
        if (psql.ExitCode != 0)
        {
            throw new InvalidOperationException("psql refused the statements: " + errors);
        }
    }
}
