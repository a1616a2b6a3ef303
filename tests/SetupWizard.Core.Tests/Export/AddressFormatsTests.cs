using System.Text.Json;
using SetupWizard.Core.Export;
using SetupWizard.Core.Sql;

namespace SetupWizard.Core.Tests.Export;

public sealed class AddressFormatsTests
{
    private static readonly AddressRules s_rules = new(5432, "aws:eu-central-1", "shop", "clickpipes_user");

    [Theory]
    [InlineData(AddressFormat.List, "1.2.3.4\n5.6.7.8")]
    [InlineData(AddressFormat.Cidr, "1.2.3.4/32\n5.6.7.8/32")]
    [InlineData(AddressFormat.SecurityGroupCsv, "Type,Protocol,Port range,Source,Description\nPostgreSQL,TCP,5432,1.2.3.4/32,ClickPipes aws:eu-central-1\nPostgreSQL,TCP,5432,5.6.7.8/32,ClickPipes aws:eu-central-1")]
    [InlineData(AddressFormat.AzureFirewall, "Name,Start IP,End IP\nclickpipes-1,1.2.3.4,1.2.3.4\nclickpipes-2,5.6.7.8,5.6.7.8")]
    [InlineData(AddressFormat.PgHba, "hostssl shop clickpipes_user 1.2.3.4/32 scram-sha-256\nhostssl shop clickpipes_user 5.6.7.8/32 scram-sha-256")]
    public void Addresses_are_written_in_the_form_asked_for(AddressFormat format, string expected) => Assert.Equal(expected, Write(format, s_rules));

    [Fact]
    public void Security_group_rules_are_what_the_AWS_command_line_takes()
    {
        using var json = JsonDocument.Parse(Write(AddressFormat.SecurityGroupJson, s_rules with { Port = 5433 }));
        var permission = Assert.Single(json.RootElement.EnumerateArray().ToList());

        Assert.Equal(("tcp", 5433, 5433), (permission.GetProperty("IpProtocol").GetString(), permission.GetProperty("FromPort").GetInt32(), permission.GetProperty("ToPort").GetInt32()));
        Assert.Equal(
            [("1.2.3.4/32", "ClickPipes aws:eu-central-1"), ("5.6.7.8/32", "ClickPipes aws:eu-central-1")],
            permission.GetProperty("IpRanges").EnumerateArray().Select(r => (r.GetProperty("CidrIp").GetString(), r.GetProperty("Description").GetString())));
    }

    [Theory]
    [InlineData(22, "SSH")]
    [InlineData(6000, "Custom TCP")]
    public void Type_of_a_security_group_rule_follows_the_port(int port, string type) =>
        Assert.StartsWith(type + ",TCP,", Write(AddressFormat.SecurityGroupCsv, s_rules with { Port = port }).Split('\n')[1], StringComparison.Ordinal);

    [Theory]
    [InlineData("shop", "shop")]
    [InlineData("Shop_2", "Shop_2")]
    [InlineData("my shop", "\"my shop\"")]
    [InlineData("a,b#c", "\"a,b#c\"")]
    [InlineData("say\"so", "\"say\"\"so\"")]
    [InlineData("+all", "\"+all\"")]
    [InlineData("all", "\"all\"")]
    [InlineData("replication", "\"replication\"")]
    [InlineData("상점", "\"상점\"")]
    public void Names_that_would_be_read_otherwise_are_quoted(string name, string word)
    {
        Assert.Equal(word, PgHba.Word(name));
        Assert.Equal($"hostssl {word} {word} 1.2.3.4/32 scram-sha-256", Write(AddressFormat.PgHba, s_rules with { Database = name, User = name }).Split('\n')[0]);
    }

    private static string Write(AddressFormat format, AddressRules rules) => AddressFormats.Write(format, ["1.2.3.4", "5.6.7.8"], rules);
}
