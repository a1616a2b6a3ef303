namespace SetupWizard.Core.Model;

/// <summary>How many sessions there may be, and how many there are: those of the ClickPipes user and this reading's own, which will be gone, are left out.</summary>
/// <param name="DatabaseLimit">The database's connection limit (<c>pg_database.datconnlimit</c>); -1 is none.</param>
/// <param name="InDatabase">Sessions in this database.</param>
/// <param name="InServer">Sessions of the whole server that count towards <c>max_connections</c>: WAL senders have a limit of their own.</param>
public sealed record ConnectionFacts(int DatabaseLimit, int InDatabase, int InServer);
