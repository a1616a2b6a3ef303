namespace SetupWizard.Security;

/// <summary>What a browser has that was let in.</summary>
/// <param name="Cookie">The cookie's value.</param>
/// <param name="Key">What the wizard's own pages keep in the browser's storage, which knows ports, and bring along when they connect.</param>
public sealed record Pass(string Cookie, string Key)
{
    /// <summary>Never the values: what writes itself would carry them into a log.</summary>
    public override string ToString() => "pass";
}
