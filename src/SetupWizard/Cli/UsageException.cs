namespace SetupWizard.Cli;

/// <summary>The command line cannot be carried out as it was written. The message is a sentence for the person who wrote it.</summary>
internal sealed class UsageException(string message) : Exception(message);
