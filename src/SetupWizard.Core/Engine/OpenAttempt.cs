using Npgsql;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>A session that was opened, or the verdict that says why it could not be.</summary>
internal sealed class OpenAttempt(OpenedSource? source, Finding? failure) : IAsyncDisposable
{
    public OpenedSource? Source { get; } = source;

    public NpgsqlConnection? Connection => Source?.Connection;

    public Finding? Failure { get; } = failure;

    public ValueTask DisposeAsync() => Source?.DisposeAsync() ?? ValueTask.CompletedTask;
}
