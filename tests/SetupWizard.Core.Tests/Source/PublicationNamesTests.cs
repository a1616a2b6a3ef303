using SetupWizard.Core.Model;

namespace SetupWizard.Core.Tests.Source;

public sealed class PublicationNamesTests
{
    [Theory]
    [InlineData("""START_REPLICATION SLOT "debezium" LOGICAL 0/0 ("proto_version" '1', "publication_names" 'dbz_publication')""", new[] { "dbz_publication" })]
    [InlineData("""START_REPLICATION SLOT s LOGICAL 0/1A (proto_version '4', streaming 'parallel', publication_names '"A b",Plain , "it''s","q""q"')""", new[] { "A b", "plain", "it's", "q\"q" })]
    [InlineData("START_REPLICATION SLOT s LOGICAL 0/0 (publication_names '\"출판\"')", new[] { "출판" })]
    [InlineData("START_REPLICATION SLOT s LOGICAL 0/0 (my_publication_names 'x')", null)]
    [InlineData("START_REPLICATION SLOT s LOGICAL 0/0 (publication_names '\"cut off", null)]
    [InlineData("START_REPLICATION SLOT s LOGICAL 0/0", null)]
    [InlineData(null, null)]
    public void Names_are_read_from_the_command_as_the_server_reads_them(string? command, string[]? names) => Assert.Equal(names, PublicationNames.Of(command));
}
