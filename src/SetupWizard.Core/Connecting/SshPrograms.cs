using System.Diagnostics;

namespace SetupWizard.Core.Connecting;

/// <summary>Starts OpenSSH's programs so that they end when the wizard ends, however it ends, and inherit none of its environment.</summary>
internal static class SshPrograms
{
    /// <summary>
    /// Runs a program until this end of its standard input closes, which it does even when the wizard is killed. The first line of standard
    /// input, when a secret is announced, goes into a pipe with a name that the program's question is answered from: no file, no argument and
    /// no environment ever holds it. Ctrl+C in the terminal is the wizard's to handle: a rollback still needs its tunnel.
    /// </summary>
    private const string Supervise =
        """
        trap '' INT QUIT
        exec 3<&0
        f=
        [ -z "$SETUPWIZARD_ANSWER" ] || { IFS= read -r s <&3; mkfifo -m 600 "$SETUPWIZARD_ANSWER" || exit 97; (printf '%s\n' "$s" >"$SETUPWIZARD_ANSWER") 3<&- & f=$!; s=; }
        "$@" </dev/null 3<&- &
        p=$!
        (cat; kill $p) <&3 >/dev/null 2>&1 &
        w=$!
        wait $p
        r=$?
        kill $w $f 2>/dev/null
        [ -z "$SETUPWIZARD_REMOVE" ] || rm -rf "$SETUPWIZARD_REMOVE"
        exit $r
        """;

    /// <summary>The same for a program that reads the rest of standard input itself and ends.</summary>
    private const string Feed =
        """
        trap '' INT QUIT
        f=
        [ -z "$SETUPWIZARD_ANSWER" ] || { IFS= read -r s; mkfifo -m 600 "$SETUPWIZARD_ANSWER" || exit 97; (printf '%s\n' "$s" >"$SETUPWIZARD_ANSWER") </dev/null & f=$!; s=; }
        "$@"
        r=$?
        [ -z "$f" ] || kill $f 2>/dev/null
        exit $r
        """;

    /// <summary>Answers one question, once: whoever asks again got a wrong secret.</summary>
    private const string Answer =
        """
        #!/bin/sh
        [ -n "$SETUPWIZARD_ANSWER" ] && mkdir "$SETUPWIZARD_ANSWER.given" 2>/dev/null || exit 1
        IFS= read -r s <"$SETUPWIZARD_ANSWER" && printf '%s\n' "$s"
        """;

    private static readonly string[] s_usualPlaces = ["/usr/bin", "/bin", "/usr/local/bin", "/opt/homebrew/bin"];

    /// <summary>The path of a program.</summary>
    /// <exception cref="SshTunnelException">It is not on this machine.</exception>
    public static string Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Concat(s_usualPlaces)
        .Select(d => Path.Combine(d, program))
        .FirstOrDefault(File.Exists) ?? throw new SshTunnelException("ssh-missing", program, ("program", program));

    /// <summary>Writes the program that answers questions into a directory of the wizard's own.</summary>
    public static async Task WriteAnswererAsync(string directory, CancellationToken cancellationToken)
    {
        var path = AnswererIn(directory);
        await File.WriteAllTextAsync(path, Answer.ReplaceLineEndings("\n") + "\n", cancellationToken).ConfigureAwait(false);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>A program that lives until <see cref="Process.StandardInput"/> is closed. With an answer its secret is the first line to write there.</summary>
    /// <param name="directory">Where it runs: a directory of the wizard's own.</param>
    /// <param name="answer">The name of the pipe its question is answered from; null when it asks none.</param>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="removes">Whether the directory goes with it, also when the wizard is not there any more to delete it.</param>
    public static ProcessStartInfo Supervised(string directory, string? answer, string program, IEnumerable<string> arguments, bool removes = false)
    {
        var start = Start(directory, answer, Supervise, program, arguments);
        start.Environment["SETUPWIZARD_REMOVE"] = removes ? directory : "";
        return start;
    }

    /// <summary>A program that reads standard input and ends. With an answer its secret is the first line to write there.</summary>
    public static ProcessStartInfo Fed(string directory, string? answer, string program, IEnumerable<string> arguments) =>
        Start(directory, answer, Feed, program, arguments);

    /// <summary>Runs a program to its end.</summary>
    /// <param name="start">What to start.</param>
    /// <param name="input">What to write to its standard input.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Exit code, standard output, standard error.</returns>
    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(ProcessStartInfo start, string input, CancellationToken cancellationToken)
    {
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            try
            {
                await process.StandardInput.WriteAsync(input.AsMemory(), cancellationToken).ConfigureAwait(false);
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It ended without reading; its exit code tells.
            }

            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return (process.ExitCode, await output.ConfigureAwait(false), await error.ConfigureAwait(false));
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    private static ProcessStartInfo Start(string directory, string? answer, string script, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", script.ReplaceLineEndings("\n"), "sh", Find(program), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = directory,
            StandardInputEncoding = new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };

        // The wizard's own environment may hold passwords.
        start.Environment.Clear();
        start.Environment["PATH"] = string.Join(':', s_usualPlaces);
        start.Environment["LC_ALL"] = "C";
        start.Environment["HOME"] = directory;
        start.Environment["SSH_ASKPASS"] = AnswererIn(directory);
        start.Environment["SSH_ASKPASS_REQUIRE"] = "force";
        if (answer is not null)
        {
            start.Environment["SETUPWIZARD_ANSWER"] = Path.Combine(directory, answer);
        }

        return start;
    }

    private static string AnswererIn(string directory) => Path.Combine(directory, "answer.sh");
}
