using Npgsql;

namespace SetupWizard.Core.Source;

/// <summary>The port answered and the server said nothing until the time for opening was over.</summary>
internal sealed class ServerSilentException(Exception inner) : NpgsqlException("The server accepted the connection and kept silent.", inner);
