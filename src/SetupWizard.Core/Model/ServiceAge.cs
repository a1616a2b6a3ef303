namespace SetupWizard.Core.Model;

/// <summary>
/// Whether a ClickHouse service uses the addresses of its own region. Regions got their own addresses one after the other; services from before keep
/// the addresses they had.
/// </summary>
public enum ServiceAge
{
    /// <summary>Nobody said: the addresses of both cases are to be allowed.</summary>
    NotSure,

    /// <summary>Created on or after the day its region got addresses; on Google Cloud: without ClickPipes before 15 June 2026.</summary>
    New,

    /// <summary>Created before that day; on Google Cloud: with ClickPipes before 15 June 2026.</summary>
    Old,
}
