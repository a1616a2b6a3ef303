namespace SetupWizard.Benchmarks.Web;

/// <summary>A page, and something on it that only its circuit answers.</summary>
/// <param name="Name">What it is called in the report.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Press">Does what a visitor does first, in JavaScript. Harmless before the circuit is there and when it is done again.</param>
/// <param name="Answered">Whether the circuit has answered, in JavaScript.</param>
/// <param name="Pass">What a browser that was let in keeps; null where no door is.</param>
internal sealed record MeasuredPage(string Name, string Address, string Press, string Answered, string? Pass = null);
