using System.Globalization;
using Npgsql;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Engine;

/// <summary>
/// What is known of a transaction just before it is committed: its number, by which the server tells later what became of it, and the numbers of what its changes
/// name, so that another thing of the same name is not taken for it.
/// </summary>
internal sealed class CommitFacts
{
    private const string Sql =
        """
        SELECT '', '', pg_catalog.txid_current()::pg_catalog.text
        UNION ALL SELECT 'user', r.rolname::pg_catalog.text, r.oid::pg_catalog.text FROM pg_catalog.pg_roles r WHERE r.rolname = ANY ($1)
        UNION ALL SELECT 'publication', p.pubname::pg_catalog.text, p.oid::pg_catalog.text FROM pg_catalog.pg_publication p WHERE p.pubname = ANY ($2)
        UNION ALL SELECT 'schema', n.nspname::pg_catalog.text, n.oid::pg_catalog.text FROM pg_catalog.pg_namespace n WHERE n.nspname = ANY ($3)
        """;

    private readonly Dictionary<(string Argument, string Name), long> _oids = [];

    private CommitFacts()
    {
    }

    /// <summary>The arguments of changes that name something with a number.</summary>
    public static IReadOnlyList<string> Arguments { get; } = ["user", "publication", "schema"];

    /// <summary>The transaction's number.</summary>
    public string Transaction { get; private set; } = "";

    /// <summary>Reads them, within the transaction.</summary>
    public static async Task<CommitFacts> ReadAsync(NpgsqlConnection connection, IEnumerable<SqlChange> changes, CancellationToken cancellationToken)
    {
        var facts = new CommitFacts();
        var all = changes.ToList();
        var command = new NpgsqlCommand(Sql, connection);
        await using (command.ConfigureAwait(false))
        {
            foreach (var argument in Arguments)
            {
                command.Parameters.Add(new NpgsqlParameter { Value = all.Select(c => NameOf(c, argument)).OfType<string>().Distinct(StringComparer.Ordinal).ToArray() });
            }

            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var (argument, number) = (reader.GetString(0), reader.GetString(2));
                    if (argument.Length == 0)
                    {
                        facts.Transaction = number;
                    }
                    else
                    {
                        facts._oids[(argument, reader.GetString(1))] = long.Parse(number, CultureInfo.InvariantCulture);
                    }
                }
            }
        }

        return facts;
    }

    /// <summary>The numbers of what a change names, by argument.</summary>
    public IReadOnlyDictionary<string, long> OidsOf(SqlChange change)
    {
        var oids = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var argument in Arguments)
        {
            if (NameOf(change, argument) is { } name && _oids.TryGetValue((argument, name), out var oid))
            {
                oids[argument] = oid;
            }
        }

        return oids;
    }

    private static string? NameOf(SqlChange change, string argument) => change.Arguments.GetValueOrDefault(argument) as string;
}
