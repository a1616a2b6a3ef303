namespace SetupWizard.Core.Tests.Support;

/// <summary>The test classes that share the sandboxes of <see cref="SandboxFixture"/>.</summary>
[CollectionDefinition(SandboxFixture.Collection)]
public sealed class SharedSandboxes : ICollectionFixture<SandboxFixture>;
