using Npgsql;

namespace SetupWizard.Core.Connecting;

/// <summary>There is no way through the bastion. Its text holds no secret.</summary>
public sealed class SshTunnelException : NpgsqlException
{
    /// <summary>Makes one.</summary>
    /// <param name="case">The situation, as <see cref="ConnectionFailure.Cases"/> names it.</param>
    /// <param name="actual">A machine-short fact or the last words of the program.</param>
    /// <param name="arguments">What the sentences name.</param>
    public SshTunnelException(string @case, string actual = "", params (string Name, object? Value)[] arguments)
        : base("The SSH tunnel could not be used: " + @case + ".")
    {
        Case = @case;
        Actual = actual;
        Arguments = arguments;
    }

    /// <summary>The situation.</summary>
    public string Case { get; }

    /// <summary>A fact or the program's own words.</summary>
    public string Actual { get; }

    /// <summary>What the sentences name.</summary>
    public IReadOnlyList<(string Name, object? Value)> Arguments { get; }

    /// <summary>Whether trying again changes nothing until a person has done something.</summary>
    public bool NeedsAPerson => Case is "ssh-missing" or "ssh-nameless" or "ssh-host-key-unknown" or "ssh-host-key-changed" or "ssh-key-unreadable" or "ssh-passphrase"
        or "ssh-agent" or "ssh-key-refused" or "ssh-agent-refused" or "ssh-password-refused";
}
