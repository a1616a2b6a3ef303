using System.Security.Cryptography;
using System.Text;
using SetupWizard.Core.Model;

namespace SetupWizard.Core.Watching;

/// <summary>A compact set of tables: all names up to <see cref="Most"/>, beyond that their number and a digest for comparison.</summary>
public sealed record TableNames
{
    /// <summary>Maximum number of tables named.</summary>
    public const int Most = 200;

    /// <summary>How many.</summary>
    public int Count { get; init; }

    /// <summary>Digest of the names, independent of their order.</summary>
    public string Digest { get; init; } = "";

    /// <summary>All names as <see cref="TableRef.TryParse"/> reads them, or none.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>The tables; null when they are not named.</summary>
    public IReadOnlySet<TableRef>? Tables()
    {
        var tables = new HashSet<TableRef>();
        foreach (var name in Names)
        {
            if (!TableRef.TryParse(name, out var table))
            {
                return null;
            }

            tables.Add(table);
        }

        return tables.Count == Count ? tables : null;
    }

    /// <summary>Tables as such a set.</summary>
    public static TableNames Of(IEnumerable<TableRef> tables)
    {
        ArgumentNullException.ThrowIfNull(tables);
        var sorted = tables.Order().ToList();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var table in sorted)
        {
            // No name has a zero byte in it.
            hash.AppendData(Encoding.UTF8.GetBytes(table.Schema + '\0' + table.Name + '\0'));
        }

        return new TableNames
        {
            Count = sorted.Count,
            Digest = Convert.ToHexStringLower(hash.GetHashAndReset())[..16],
            Names = sorted.Count <= Most ? [.. sorted.Select(t => t.ToString())] : [],
        };
    }
}
