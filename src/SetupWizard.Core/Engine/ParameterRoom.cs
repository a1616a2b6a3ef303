using System.Globalization;
using System.Text.RegularExpressions;

namespace SetupWizard.Core.Engine;

/// <summary>
/// Slots with which a server would not start again once a parameter is taken back: logical ones below <c>wal_level = logical</c>, and more than
/// <c>max_replication_slots</c>. See <see href="https://www.postgresql.org/docs/current/runtime-config-replication.html"/>. The undo and its script ask the same.
/// </summary>
internal static partial class ParameterRoom
{
    /// <summary>What PostgreSQL has where nothing is configured.</summary>
    private const int SlotsByDefault = 10;

    private const string Slots = "SELECT s.slot_name::pg_catalog.text AS slot FROM pg_catalog.pg_replication_slots s WHERE ";

    /// <summary>A query for the names of the slots in the way; null where a statement needs no room.</summary>
    /// <param name="sql">The statement that takes the parameter back.</param>
    public static string? SlotsInTheWay(string sql)
    {
        var match = TakenBack().Match(sql);
        if (!match.Success)
        {
            return null;
        }

        var value = match.Groups["value"].Value;
        if (match.Groups["setting"].Value == "wal_level")
        {
            return value == "logical" ? null : Slots + "s.slot_type = 'logical'";
        }

        // Without a value of its own the server goes back to what its configuration file says. Whoever may change the one may read the other.
        var room = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var former)
            ? former.ToString(CultureInfo.InvariantCulture)
            : "coalesce((SELECT f.setting::pg_catalog.int4 FROM pg_catalog.pg_file_settings f WHERE f.name = 'max_replication_slots' AND f.sourcefile NOT LIKE '%postgresql.auto.conf' AND f.setting ~ '^[0-9]+$' "
                + $"ORDER BY f.seqno DESC LIMIT 1), {SlotsByDefault.ToString(CultureInfo.InvariantCulture)})";
        return Slots + $"(SELECT count(*) FROM pg_catalog.pg_replication_slots) > {room}";
    }

    [GeneratedRegex("^ALTER SYSTEM (?:RESET|SET) (?<setting>wal_level|max_replication_slots)(?: = '(?<value>[^']*)')?$", RegexOptions.CultureInvariant)]
    private static partial Regex TakenBack();
}
