namespace SetupWizard.Core.Model;

/// <summary>What a requirement is about, in the order in which somebody sets a source up. The folders of <c>Requirements</c> have these names.</summary>
public enum Area
{
    /// <summary>The server, and the session with it.</summary>
    Connect,

    /// <summary>Server settings for logical replication.</summary>
    Replication,

    /// <summary>The ClickPipes user and its grants.</summary>
    Access,

    /// <summary>Tables, row identity and the publication.</summary>
    Tables,

    /// <summary>How ClickPipes reaches the server.</summary>
    Network,
}
