using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>
/// SW109: the database has an encoding, so that what it holds can be handed over as UTF-8, which ClickPipes asks for. One without (<c>SQL_ASCII</c>) keeps any bytes and
/// refuses those that are not UTF-8 with 22021 when they are read or streamed. An encoding that has no conversion to UTF-8 (<c>MULE_INTERNAL</c>) refuses the log-in itself, which is
/// SW101's to tell. See <see href="https://www.postgresql.org/docs/current/multibyte.html#MULTIBYTE-AUTOMATIC-CONVERSION"/>.
/// </summary>
public sealed class DatabaseEncoding : IRequirement
{
    private const string Setting = "server_encoding";

    /// <inheritdoc/>
    public RequirementId Id => RequirementId.Encoding;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["no-encoding", Verdicts.UnreadableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        if (this.UnknownIfUnreadable(context, "pg_settings") is { } blind)
        {
            yield return blind;
            yield break;
        }

        if (context.Snapshot.Setting(Setting) is not { } encoding)
        {
            yield return this.Unreadable(Setting, "not listed");
            yield break;
        }

        var example = context.Tables.Chosen is [var first, ..] ? first.Ref.Quoted : "\"public\".\"orders\"";
        (string, object?)[] arguments = [("encoding", encoding), ("database", context.Snapshot.Server.Database), ("table", example)];
        yield return (encoding == ServerText.NoEncoding ? this.Finding(FindingState.Warning, "no-encoding", arguments) : this.Satisfied(arguments)) with
        {
            Actual = encoding,
            Desired = "UTF8",
            Evidence = [new Evidence(Setting, encoding)],
        };
    }
}
