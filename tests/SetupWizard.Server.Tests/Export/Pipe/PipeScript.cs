using System.Diagnostics;
using SetupWizard.Server.Tests.Export.Code;

namespace SetupWizard.Server.Tests.Export.Pipe;

/// <summary>What a script that creates the pipe did, with programs in place of the real ones that write down what they are given.</summary>
/// <param name="Code">How it ended.</param>
/// <param name="Output">What it said.</param>
/// <param name="Error">What it complained of.</param>
/// <param name="Program">The words <c>clickhousectl</c> was given to create the pipe; null when it was not asked to.</param>
/// <param name="Curl">The words <c>curl</c> was given; null when it was not called.</param>
/// <param name="Body">What was sent through <c>curl</c>.</param>
/// <param name="Key">The file of <c>curl</c>'s that holds the key, as it was.</param>
/// <param name="Authority">The file with the certificate authority; null when there is none.</param>
internal sealed record PipeScript(int Code, string Output, string Error, string[]? Program, string[]? Curl, string Body, string Key, string? Authority)
{
    /// <summary>What the newest program says of itself: every option there is.</summary>
    public static string Newest { get; } = "Usage: clickhousectl cloud clickpipe create postgres [OPTIONS]\n" + string.Join('\n', PipeSchema.Options.Keys.Select(static o => "      " + o + " <VALUE>"));

    /// <summary>What 0.4.0 says of itself.</summary>
    public static string Older { get; } = string.Join('\n', Newest.Split('\n').Where(static l => !PipeSchema.SinceAfter040.Any(o => l.Contains(o + " ", StringComparison.Ordinal))));

    /// <summary>Runs a script.</summary>
    /// <param name="script">The script.</param>
    /// <param name="help">What <c>clickhousectl … --help</c> prints; null when there is no such program.</param>
    /// <param name="status">The status the API answers with.</param>
    /// <param name="without">A variable that is not set.</param>
    public static async Task<PipeScript> RunAsync(string script, string? help, int status = 200, string? without = null)
    {
        var folder = Directory.CreateTempSubdirectory("setupwizard-test-");
        try
        {
            string In(string name) => Path.Combine(folder.FullName, name);
            if (help is not null)
            {
                await File.WriteAllTextAsync(In("help"), help);
                await FakeProgram.WriteAsync(folder.FullName, "clickhousectl", "#!/bin/sh\nfor last; do :; done\nif [ \"$last\" = --help ]; then cat \"$FOLDER/help\"; exit; fi\nprintf '%s\\0' \"$@\" > \"$FOLDER/program\"\n");
            }

            await FakeProgram.WriteAsync(
                folder.FullName,
                "curl",
                "#!/bin/sh\nprintf '%s\\0' \"$@\" > \"$FOLDER/curl.words\"\ncat > \"$FOLDER/body\"\nwhile [ \"$1\" != --config ]; do shift; done\ncp \"$2\" \"$FOLDER/key\"\nprintf '{\"error\":\"x509\"}\\n%s' \"$STATUS\"\n");
            await File.WriteAllTextAsync(In("create-clickpipe.sh"), script);
            var start = new ProcessStartInfo("/bin/sh", ["./create-clickpipe.sh"]) { WorkingDirectory = folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] = folder.FullName + ":/usr/bin:/bin";
            start.Environment["TMPDIR"] = folder.CreateSubdirectory("temporary").FullName;
            foreach (var (name, value) in new[]
            {
                ("FOLDER", folder.FullName), ("STATUS", status.ToString(System.Globalization.CultureInfo.InvariantCulture)), ("CH_ID", "service"), ("CH_ORG_ID", "organization"),
                ("CLICKHOUSE_CLOUD_API_KEY", "key"), ("CLICKHOUSE_CLOUD_API_SECRET", "s3cret"), ("CLICKPIPES_PASSWORD", Password), ("CLICKPIPES_IAM_ROLE", Role),
            })
            {
                if (name != without)
                {
                    start.Environment[name] = value;
                }
                else
                {
                    start.Environment.Remove(name);
                }
            }

            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();

            // Whatever happened, the key is not left behind.
            Assert.Empty(Directory.EnumerateFiles(In("temporary")));
            return new PipeScript(process.ExitCode, await output, error, await WordsAsync(In("program")), await WordsAsync(In("curl.words")), await TextAsync(In("body")) ?? "", await TextAsync(In("key")) ?? "", await TextAsync(In("postgres-ca.pem")));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>A password with what a shell, JSON and sed would make something else of.</summary>
    public const string Password = "p\"a\\ss & $word's `id` 비밀 \\n";

    public const string Role = "arn:aws:iam::123456789012:role/clickpipes";

    /// <summary>The value of an option of the program; null when it is not there.</summary>
    public string? After(string option) => Program is { } words && Array.IndexOf(words, option) is >= 0 and var at ? words[at + 1] : null;

    private static async Task<string[]?> WordsAsync(string file) => (await TextAsync(file))?.Split('\0')[..^1];

    private static async Task<string?> TextAsync(string file) => File.Exists(file) ? await File.ReadAllTextAsync(file) : null;
}
