using SetupWizard.Core.HandOff;

namespace SetupWizard.Sessions.Runs;

/// <summary>A plan file that was opened in a session.</summary>
/// <param name="File">The file.</param>
/// <param name="Signer">The fingerprint of its key.</param>
/// <param name="Since">Since when that key is known here; null while nobody has agreed to it: nothing is planned from the file until then.</param>
public sealed record PreparedPlan(PlanFile File, string Signer, DateTimeOffset? Since);
