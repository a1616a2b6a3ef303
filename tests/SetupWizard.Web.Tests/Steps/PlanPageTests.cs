using System.Globalization;
using Bunit;
using SetupWizard.Components.Pages;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

/// <summary>A plan that somebody prepared, reviewed in the browser.</summary>
public sealed class PlanPageTests : WebTest
{
    private const string Elsewhere = "on another server (shop-prod.abc123.eu-central-1.rds.amazonaws.com)";

    [Theory]
    [InlineData("1", "shop", false, false)]
    [InlineData("2", "shop", true, false)]
    [InlineData("1", "store", false, true)]
    [InlineData(null, "shop", false, false)]
    public async Task Review_says_where_the_file_is_for_another_server_or_database(string? system, string database, bool server, bool name)
    {
        var findings = Given.ToFix(WizardStep.Access);
        var made = On(Given.Inspection(findings), "1");
        var file = PlanFile.Of(made, Runner.Plan(made), Given.Noon, CultureInfo.InvariantCulture);
        Runner.Inspection = On(Given.Inspection(findings), system);
        await Session.ConnectAsync(Given.Endpoint with { Database = database }, "shop_admin", new SecretString("s3cret"));
        await Session.OpenPlanAsync(new PreparedPlan(file, "SHA256:x", Given.Noon));

        var page = Show<PlanPage>();

        var said = string.Join("\n", page.FindAll(".callout").Select(static c => c.TextContent));
        Assert.Equal(server, said.Contains(Elsewhere, StringComparison.Ordinal));
        Assert.Equal(name, said.Contains("The file is for database shop; you are connected to store.", StringComparison.Ordinal));
    }

    private static Inspection On(Inspection inspection, string? system) =>
        inspection with { Snapshot = inspection.Snapshot! with { Server = inspection.Snapshot.Server with { SystemIdentifier = system, DatabaseOid = 16384 } } };
}
