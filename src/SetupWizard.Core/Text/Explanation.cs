namespace SetupWizard.Core.Text;

/// <summary>What a person is told about something that is not as it should be.</summary>
/// <param name="Title">What is so.</param>
/// <param name="Why">Why it matters.</param>
/// <param name="Consequence">What happens otherwise.</param>
/// <param name="Fix">The exact way out, with the user's own names.</param>
public sealed record Explanation(string Title, string Why, string Consequence, string Fix);
