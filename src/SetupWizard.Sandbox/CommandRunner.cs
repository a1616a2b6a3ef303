using System.Diagnostics;

namespace SetupWizard.Sandbox;

/// <summary>The end of one short command: its exit code and what it printed.</summary>
internal sealed record CommandResult(int ExitCode, string Output, string Errors);

/// <summary>Runs short commands to their end.</summary>
internal static class CommandRunner
{
    private static readonly TimeSpan s_goodbye = TimeSpan.FromSeconds(10);

    /// <summary>Runs a command; a cancelled one is killed with its children, and all of them are gone when this throws.</summary>
    /// <exception cref="System.ComponentModel.Win32Exception">There is no such program.</exception>
    public static async Task<CommandResult> RunAsync(ProcessStartInfo start, CancellationToken cancellationToken)
    {
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var end = Task.WhenAll(output, errors, process.WaitForExitAsync(CancellationToken.None));
        try
        {
            await end.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new CommandResult(process.ExitCode, await output.ConfigureAwait(false), await errors.ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);

            // Whoever cancels removes what the command was writing: its children, which hold the other ends of these pipes, must not write on.
            await end.WaitAsync(s_goodbye, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>The full path of a program on PATH or in the system's usual directories, or null.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);
}
