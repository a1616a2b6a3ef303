namespace SetupWizard.Server.Tests.Support;

/// <summary>The test classes that share the sandboxes of <see cref="SandboxFixture"/>.</summary>
[CollectionDefinition(SandboxFixture.Collection)]
public sealed class SharedSandboxes : ICollectionFixture<SandboxFixture>;

/// <summary>The test classes that break, mend and watch servers, one after the other beside the others.</summary>
[CollectionDefinition(SandboxFixture.Rules)]
public sealed class RuleSandboxes : ICollectionFixture<SandboxFixture>, ICollectionFixture<Field.FamilyServers>;

/// <summary>The test classes whose tests have a database of their own each, on servers of theirs.</summary>
[CollectionDefinition(SandboxFixture.Families)]
public sealed class FamilySandboxes : ICollectionFixture<SandboxFixture>, ICollectionFixture<Field.FamilyServers>;
