namespace SetupWizard.Core.Model;

/// <summary>A schema.</summary>
/// <param name="Name">Name.</param>
/// <param name="Owner">Owner.</param>
/// <param name="UserHasUsage">The ClickPipes user has USAGE; null while that user does not exist.</param>
/// <param name="AdminMayGrant">This login may hand on USAGE (owner, or grant option).</param>
/// <param name="PublicHasUsage">Everybody has USAGE.</param>
/// <param name="AdminHasUsage">This login has USAGE itself: without it, it may not even name what it owns there.</param>
public sealed record SchemaFact(string Name, string Owner, bool? UserHasUsage, bool AdminMayGrant, bool PublicHasUsage, bool AdminHasUsage);

/// <summary>Default privileges of one owner that give the ClickPipes user SELECT on future tables.</summary>
/// <param name="Owner">Whose future tables.</param>
/// <param name="Schema">In which schema; null is every schema.</param>
public sealed record DefaultPrivilegeFact(string Owner, string? Schema);
