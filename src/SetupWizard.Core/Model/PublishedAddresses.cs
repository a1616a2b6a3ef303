namespace SetupWizard.Core.Model;

/// <summary>ClickPipes' addresses as ClickHouse publishes them, read at some moment.</summary>
/// <param name="ReadAt">When they were read.</param>
/// <param name="Regions">Addresses by region (<c>aws:eu-central-1</c>).</param>
public sealed record PublishedAddresses(DateTimeOffset ReadAt, IReadOnlyDictionary<string, IReadOnlyList<string>> Regions);
