namespace SetupWizard.Sandbox;

/// <summary>The sandbox could not be made, driven or reached. The message is plain words, with the end of the server's log where there is one.</summary>
public class SandboxException : Exception
{
    /// <summary>Makes an exception with a message for people.</summary>
    public SandboxException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception with a message for people and what caused it.</summary>
    public SandboxException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>The imitated provider would not accept the edit of a parameter. Nothing was changed.</summary>
public sealed class SandboxRefusedException : SandboxException
{
    /// <summary>Makes an exception for one parameter.</summary>
    public SandboxRefusedException(string parameter, string message)
        : base(message) => Parameter = parameter;

    /// <summary>The parameter that stays as it is.</summary>
    public string Parameter { get; }
}

/// <summary>No fitting PostgreSQL is on this machine and none could be fetched. The message says what to install.</summary>
public sealed class PostgresMissingException : SandboxException
{
    /// <summary>Makes an exception whose message says what to install.</summary>
    public PostgresMissingException(string message)
        : base(message)
    {
    }

    /// <summary>Makes an exception whose message says what to install, with what went wrong while fetching.</summary>
    public PostgresMissingException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
