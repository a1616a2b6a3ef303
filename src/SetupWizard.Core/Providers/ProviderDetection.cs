namespace SetupWizard.Core.Providers;

/// <summary>What gives a provider away.</summary>
public enum DetectionSource
{
    /// <summary>Nothing did.</summary>
    Nothing,

    /// <summary>The host name.</summary>
    HostName,

    /// <summary>The server itself: its settings, roles or functions.</summary>
    Server,
}

/// <summary>Which provider it looks like, and by what.</summary>
/// <param name="Provider">The provider's id; null when nothing gives it away.</param>
/// <param name="Source">By what.</param>
/// <param name="Evidence">The very thing seen: <c>rds_superuser</c>, <c>.rds.amazonaws.com</c>.</param>
public sealed record ProviderDetection(string? Provider, DetectionSource Source, string? Evidence)
{
    /// <summary>Nothing was recognised.</summary>
    public static readonly ProviderDetection None = new(null, DetectionSource.Nothing, null);
}
