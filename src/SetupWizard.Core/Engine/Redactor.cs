using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Engine;

/// <summary>Takes secrets out of what a server says before anybody sees it: a server may quote a statement in its message.</summary>
internal sealed class Redactor
{
    private readonly List<string> _secrets = [];

    public Redactor(SourceCredentials credentials)
    {
        Add(credentials.AdminPassword);
        Add(credentials.ClickPipesPassword);
        Add(credentials.Ssh?.PrivateKey);
        Add(credentials.Ssh?.Passphrase);
        Add(credentials.Ssh?.Password);
    }

    public void Add(SecretString? secret)
    {
        if (secret is { IsEmpty: false })
        {
            _secrets.Add(secret.Reveal());
        }
    }

    public ServerMessage Message(PostgresException e) => new(e.SqlState, Clean(e.MessageText)!, Clean(e.Detail), Clean(e.Hint));

    public ServerMessage Message(PostgresNotice n) => new(n.SqlState, Clean(n.MessageText)!, Clean(n.Detail), Clean(n.Hint));

    public ServerMessage Message(Exception e) => e is PostgresException p ? Message(p) : new(null, Clean(e.Message)!);

    private string? Clean(string? text)
    {
        if (text is null)
        {
            return null;
        }

        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, SecretString.Mask, StringComparison.Ordinal);
        }

        return text;
    }
}
