using System.Globalization;
using System.Text.Json;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;

namespace SetupWizard.Core.Tests.Providers;

public sealed class IamTests
{
    private static readonly SourceEndpoint s_endpoint = new() { Host = "shop-prod.c9akciq32.eu-central-1.rds.amazonaws.com", Port = 5433, Database = "shop" };

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/clickpipes", "aws", "123456789012", "clickpipes")]
    [InlineData("arn:aws-cn:iam::123456789012:role/team/data/Click.Pipes+1", "aws-cn", "123456789012", "Click.Pipes+1")]
    [InlineData("arn:aws-us-gov:iam::000000000001:role/a_b=c,d@e-f", "aws-us-gov", "000000000001", "a_b=c,d@e-f")]
    public void The_name_of_a_role_gives_away_partition_account_and_role(string arn, string partition, string account, string role)
    {
        Assert.True(IamRoleArn.IsValid(arn));
        Assert.Equal((partition, account, role), (IamRoleArn.Partition(arn), IamRoleArn.Account(arn), IamRoleArn.RoleName(arn)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("clickpipes")]
    [InlineData("arn:aws:iam::12345678901:role/clickpipes")]
    [InlineData("arn:aws:iam::123456789012:user/clickpipes")]
    [InlineData("arn:aws:iam::123456789012:role/")]
    [InlineData("arn:aws:iam::123456789012:role/click pipes")]
    [InlineData("arn:aws:iam:eu-central-1:123456789012:role/clickpipes")]
    [InlineData("arn:azure:iam::123456789012:role/clickpipes")]
    [InlineData("arn:aws:iam::123456789012:role/clickpipes\n")]
    [InlineData(" arn:aws:iam::123456789012:role/clickpipes")]
    [InlineData("arn:aws:iam::\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660\u0661\u0662:role/clickpipes")]
    public void Anything_else_is_not_the_name_of_a_role(string? arn)
    {
        Assert.False(IamRoleArn.IsValid(arn));
        Assert.Null(IamRoleArn.Account(arn));
    }

    [Fact]
    public void The_two_documents_carry_the_users_own_names_and_placeholders_for_the_rest()
    {
        var values = GuideArguments.For(AmazonRds.Profile, s_endpoint, null, null, new SetupGoal { Authentication = LoginMethod.Iam });

        var trust = Statement(values["trustPolicy"]);
        Assert.Equal("<service-role-id>", trust.GetProperty("Principal").GetProperty("AWS").GetString());
        Assert.Equal(["sts:AssumeRole", "sts:TagSession"], trust.GetProperty("Action").EnumerateArray().Select(a => a.GetString()));
        var connect = Statement(values["connectPolicy"]);
        Assert.Equal(["rds-db:connect"], connect.GetProperty("Action").EnumerateArray().Select(a => a.GetString()));
        Assert.Equal("arn:aws:rds-db:eu-central-1:<account>:dbuser:<resource>/clickpipes_user", connect.GetProperty("Resource").GetString());
    }

    [Theory]
    [InlineData("arn:aws:iam::123456789012:role/x", "clickpipes_user", "arn:aws:rds-db:eu-central-1:123456789012:dbuser:<resource>/clickpipes_user")]
    [InlineData("arn:aws-cn:iam::123456789012:role/x", "click \"pipes\"", "arn:aws-cn:rds-db:eu-central-1:123456789012:dbuser:<resource>/click \"pipes\"")]
    [InlineData(null, "a*b?c$d", "arn:aws:rds-db:eu-central-1:<account>:dbuser:<resource>/a${*}b${?}c${$}d")]
    public void The_permission_is_for_one_user_whatever_its_name(string? arn, string user, string resource)
    {
        var values = GuideArguments.For(AmazonRds.Profile, s_endpoint, null, null, new SetupGoal { User = user, IamRoleArn = arn });

        Assert.Equal(resource, Statement(values["connectPolicy"]).GetProperty("Resource").GetString());
    }

    [Theory]
    [InlineData("clickpipes_user", "clickpipes_user")]
    [InlineData("it's $(id)", "'it'\\''s $(id)'")]
    public void The_command_for_a_token_names_the_console_s_host_and_quotes_the_user(string user, string shown)
    {
        var endpoint = s_endpoint with { Host = "localhost", ConsoleHost = s_endpoint.Host };

        Assert.Equal(
            "aws rds generate-db-auth-token --hostname shop-prod.c9akciq32.eu-central-1.rds.amazonaws.com --port 5433 --region eu-central-1 --username " + shown,
            IamPolicies.TokenCommand(AmazonRds.Profile, endpoint, new SetupGoal { User = user }));
    }

    [Fact]
    public void Where_nobody_logs_in_so_there_is_no_command() =>
        Assert.Null(IamPolicies.TokenCommand(AzureFlexible.Profile, s_endpoint, new SetupGoal()));

    [Theory]
    [InlineData("shop-prod.cluster-c9akciq32.ap-northeast-2.rds.amazonaws.com", "ap-northeast-2")]
    [InlineData("shop.c9akciq32.us-gov-west-1.rds.amazonaws.com", "us-gov-west-1")]
    [InlineData("shop.c9akciq32.cn-north-1.rds.amazonaws.com.cn", "cn-north-1")]
    [InlineData("vpce-0123-abc.vpce-svc-0123.eu-central-1.vpce.amazonaws.com", null)]
    [InlineData("localhost", null)]
    public void The_region_is_told_from_any_name_that_RDS_gives_out(string host, string? region) =>
        Assert.All([AmazonRds.Profile, AmazonAurora.Profile], p => Assert.Equal(region, p.NamesFromHost(host).GetValueOrDefault("region")));

    [Fact]
    public void A_log_in_with_IAM_names_a_guide_that_exists()
    {
        Assert.All(ProviderCatalog.All.Where(p => p.Iam is not null), p => Assert.Contains(p.Guides, g => g.Id == p.Iam!.GuideId));
        Assert.Equal([AmazonRds.Id, AmazonAurora.Id], ProviderCatalog.All.Where(p => p.Iam is not null).Select(p => p.Id));
    }

    [Fact]
    public void The_guide_shows_both_documents_to_copy()
    {
        var values = GuideArguments.For(AmazonRds.Profile, s_endpoint, null, null, new SetupGoal());
        var guide = GuideText.For(AmazonRds.Profile.Guide(AmazonRds.IamGuide), values, CultureInfo.GetCultureInfo("en"));

        Assert.Equal("Let an IAM role log in to shop-prod as clickpipes_user", guide.Title);
        Assert.Equal([(string)values["trustPolicy"]!, "clickpipes-postgres", (string)values["connectPolicy"]!], guide.Steps.Select(s => s.Value).OfType<string>());
    }

    private static JsonElement Statement(object? document) => Assert.Single(JsonDocument.Parse((string)document!).RootElement.GetProperty("Statement").EnumerateArray());
}
