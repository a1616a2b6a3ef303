using System.Diagnostics;

namespace SetupWizard.Sandbox;

/// <summary>
/// The user under whom the server runs: ourselves, or an unprivileged one when we are root, because the server refuses root
/// (https://www.postgresql.org/docs/current/postgres-user.html).
/// </summary>
internal sealed class ServerUser
{
    private readonly string[] _drop;

    private ServerUser(string? name, string[] drop)
    {
        Name = name;
        _drop = drop;
    }

    /// <summary>The unprivileged user's name, or null when the server runs under our own.</summary>
    public string? Name { get; }

    /// <summary>Finds the user and the program that drops to it.</summary>
    /// <exception cref="SandboxException">We are root and cannot drop to anyone.</exception>
    public static async Task<ServerUser> FindAsync(CancellationToken cancellationToken)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return new ServerUser(null, []);
        }

        foreach (var name in (string[])["postgres", "nobody"])
        {
            var uid = await IdAsync("-u", name, cancellationToken).ConfigureAwait(false);
            var gid = await IdAsync("-g", name, cancellationToken).ConfigureAwait(false);
            if (uid is null || gid is null)
            {
                continue;
            }

            if (CommandRunner.Find("setpriv") is { } setpriv)
            {
                return new ServerUser(name, [setpriv, "--reuid", uid, "--regid", gid, "--clear-groups", "--"]);
            }

            if (CommandRunner.Find("runuser") is { } runuser)
            {
                return new ServerUser(name, [runuser, "-u", name, "--"]);
            }

            throw new SandboxException("PostgreSQL does not run as root, and neither setpriv nor runuser is here to drop to another user. Install util-linux or run as an ordinary user.");
        }

        throw new SandboxException("PostgreSQL does not run as root, and this machine has neither a user \"postgres\" nor \"nobody\" to drop to. Run as an ordinary user.");
    }

    /// <summary>A command under this user, with an environment of its own: nothing of ours (which may hold secrets) is handed on.</summary>
    public ProcessStartInfo Command(string program, params IEnumerable<string> arguments)
    {
        string[] line = [.. _drop, program, .. arguments];
        var start = new ProcessStartInfo(line[0], line[1..]) { WorkingDirectory = "/", UseShellExecute = false };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/bin:/usr/bin:/bin";
        start.Environment["LC_ALL"] = "C";
        start.Environment["HOME"] = "/";
        return start;
    }

    /// <summary>Whether this user may enter a directory, all its parents included.</summary>
    public async Task<bool> CanEnterAsync(string directory, CancellationToken cancellationToken) =>
        (await CommandRunner.RunAsync(Command("/bin/sh", "-c", "cd \"$1\"", "sh", directory), cancellationToken).ConfigureAwait(false)).ExitCode == 0;

    /// <summary>Gives a directory and all in it to this user.</summary>
    public async Task TakeOverAsync(string directory, CancellationToken cancellationToken)
    {
        if (Name is null)
        {
            return;
        }

        var result = await CommandRunner.RunAsync(new ProcessStartInfo(CommandRunner.Find("chown") ?? "chown", ["-R", Name, directory]), cancellationToken).ConfigureAwait(false);
        if (result.ExitCode != 0)
        {
            throw new SandboxException($"The directory {directory} could not be given to the user \"{Name}\": {result.Errors.Trim()}");
        }
    }

    private static async Task<string?> IdAsync(string which, string name, CancellationToken cancellationToken)
    {
        var result = await CommandRunner.RunAsync(new ProcessStartInfo(CommandRunner.Find("id") ?? "id", [which, name]), cancellationToken).ConfigureAwait(false);
        return result.ExitCode == 0 ? result.Output.Trim() : null;
    }
}
