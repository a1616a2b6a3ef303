using System.Diagnostics;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Connecting;

/// <summary>What an ssh program says, and what that means. It is told to speak English.</summary>
/// <param name="method">How it logs in.</param>
public sealed class SshLog(SshMethod method)
{
    private const int Kept = 40;
    private const string Nameless = "No user exists for uid";

    private readonly Lock _gate = new();
    private readonly Queue<string> _lines = new();
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _refusals;
    private SshTunnelException? _lastRefusal;

    /// <summary>Ends once the bastion has let us in and the socket is there.</summary>
    public Task Ready => _ready.Task;

    /// <summary>How many channels the bastion did not open.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <summary>Why it did not open the last one.</summary>
    public SshTunnelException? LastRefusal => Volatile.Read(ref _lastRefusal);

    /// <summary>The last line that says something.</summary>
    public static string LastLine(string text) => text.Split('\n').Select(static l => l.Trim()).LastOrDefault(static l => l.Length > 0) ?? "";

    /// <summary>Listens to a program.</summary>
    public void ReadFrom(Process process)
    {
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>What the end of the program means.</summary>
    public SshTunnelException Failure()
    {
        string said;
        lock (_gate)
        {
            said = string.Join('\n', _lines);
        }

        var last = LastLine(said);
        return said switch
        {
            // Of its own user: a container runs as any number, whether somebody gave that a name or not.
            _ when said.IndexOf(Nameless, StringComparison.Ordinal) is >= 0 and var at => new("ssh-nameless", last, ("uid", said[(at + Nameless.Length)..].Split('\n')[0].Trim())),
            _ when Has(said, "Host key verification failed") || Has(said, "REMOTE HOST IDENTIFICATION HAS CHANGED") => new("ssh-host-key-changed", last, ("fingerprint", "?"), ("kind", "")),
            _ when Has(said, "Permission denied (") || Has(said, "Too many authentication failures") || Has(said, "No supported authentication methods") => new(Refused, last),
            _ when Has(said, "Could not resolve hostname") => new("ssh-dns", last),
            _ when Has(said, "Connection refused") => new("ssh-refused", last),
            _ when Has(said, "timed out") => new("ssh-timeout", last),
            _ when Has(said, "No route to host") || Has(said, "Network is unreachable") => new("ssh-unreachable", last),
            _ when Has(said, "Connection closed by") || Has(said, "Connection reset by") || Has(said, "closed by remote host") => new("ssh-closed", last),
            _ => new("ssh-other", last, ("message", last.Length > 0 ? last : "ssh ended without a word")),
        };
    }

    private string Refused => method switch
    {
        SshMethod.Key => "ssh-key-refused",
        SshMethod.Agent => "ssh-agent-refused",
        _ => "ssh-password-refused",
    };

    /// <summary>Takes one line that it said.</summary>
    public void Hear(string? data)
    {
        if (data is null)
        {
            return;
        }

        var line = data.Trim();
        if (line.StartsWith("debug1: Entering interactive session", StringComparison.Ordinal))
        {
            _ready.TrySetResult();
        }

        if (line.StartsWith("debug", StringComparison.Ordinal) || line.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            _lines.Enqueue(line);
            if (_lines.Count > Kept)
            {
                _lines.Dequeue();
            }
        }

        if (line.StartsWith("channel ", StringComparison.Ordinal) && line.IndexOf(": open failed: ", StringComparison.Ordinal) is > 0 and var at)
        {
            Volatile.Write(ref _lastRefusal, RefusalOf(line[(at + ": open failed: ".Length)..]));
            Interlocked.Increment(ref _refusals);
        }
    }

    /// <summary>The reasons a server may give for not opening a channel: <see href="https://www.rfc-editor.org/rfc/rfc4254#section-5.1"/>.</summary>
    private static SshTunnelException RefusalOf(string reason) => reason switch
    {
        _ when Has(reason, "administratively prohibited") => new("ssh-forward-refused", reason),
        _ when Has(reason, "not known") || Has(reason, "name resolution") || Has(reason, "nodename") || Has(reason, "No address associated") || Has(reason, "unknown host") => new("ssh-target-dns", reason),
        _ when Has(reason, "refused") => new("ssh-target-refused", reason),
        _ => new("ssh-target-timeout", reason),
    };

    private static bool Has(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
