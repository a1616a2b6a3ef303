using System.Globalization;
using Bunit;
using Microsoft.AspNetCore.Components.Web.Virtualization;
using SetupWizard.Components.Controls;
using SetupWizard.Core.Model;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Steps;

public sealed class ChangeListTests : WebTest
{
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
