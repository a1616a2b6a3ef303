using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using SetupWizard.Components.Runs;
using SetupWizard.Core.Model;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class ChangeListTests : WebTest
{
    [Fact]
    public void Review_tells_what_waits_for_whom()
    {
        var user = Given.Sql("CREATE USER x", runBy: "rdsadmin");
        var plan = new SetupPlan
        {
            Goal = new SetupGoal(),
            Provider = "amazon-rds",
            HandOff = [user],
            Waiting = [new WaitingChange(Given.Sql("GRANT y TO x"), [user])],
            Fingerprint = "f",
        };

        var review = Show<ReviewPanel>(p => p.Add(r => r.Plan, plan).Add(r => r.Step, WizardStep.Access));

        var waiting = review.FindAll("ol.changes")[^1];
        Assert.Contains("GRANT y TO x;", waiting.TextContent, StringComparison.Ordinal);
        Assert.Contains("Waits for: Create user clickpipes_user (by rdsadmin)", waiting.TextContent, StringComparison.Ordinal);
        Assert.Contains("2", review.Find("#review-title").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(review.FindAll("button"), b => b.TextContent.Contains("Apply", StringComparison.Ordinal));
    }

    [Fact]
    public void Review_says_that_nothing_can_be_recorded_and_offers_no_apply()
    {
        Runner.RecordTrouble = new Problem("apply-audit", new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = "Permission denied" });
        var plan = new SetupPlan { Goal = new SetupGoal(), Provider = "amazon-rds", Changes = [Given.Sql("GRANT y TO x")], Fingerprint = "f" };

        var review = Show<ReviewPanel>(p => p.Add(r => r.Plan, plan).Add(r => r.Step, WizardStep.Access));

        Assert.Contains("Permission denied", review.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(review.FindAll("button"), static b => b.TextContent.StartsWith("Apply", StringComparison.Ordinal) && !b.HasAttribute("disabled"));
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(201, true)]
    public void List_is_drawn_where_somebody_looks_once_it_is_long(int count, bool inParts)
    {
        var list = Show<ChangeList>(p => p.Add(l => l.Changes, [.. Enumerable.Range(1, count).Select(n => Given.Sql($"ALTER TABLE t{n} REPLICA IDENTITY FULL"))]));
        Assert.Equal(inParts, list.HasComponent<Virtualize<(int, SqlChange)>>());
        var rows = list.FindAll("li.change");
        Assert.Equal(inParts, rows.Count < count);
        Assert.Equal(Enumerable.Range(1, rows.Count).Select(n => n.ToString(CultureInfo.InvariantCulture)), rows.Select(r => r.QuerySelector(".change-title")!.GetAttribute("data-number")));
        Assert.Contains($"ALTER TABLE t{rows.Count} REPLICA IDENTITY FULL;", rows[^1].TextContent, StringComparison.Ordinal);

        // Whoever hears the page is told how long the list is, though not all of it is there.
        Assert.Equal(inParts ? $"{rows.Count} of {count}" : " of ", $"{rows[^1].GetAttribute("aria-posinset")} of {rows[^1].GetAttribute("aria-setsize")}");
    }
}
