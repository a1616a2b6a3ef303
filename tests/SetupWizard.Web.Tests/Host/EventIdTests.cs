using System.Reflection;
using Microsoft.Extensions.Logging;
using SetupWizard.Core.Engine;

namespace SetupWizard.Web.Tests.Host;

/// <summary>A number in a log says which event it is, whichever project wrote it.</summary>
public sealed class EventIdTests
{
    private static readonly Assembly s_engine = typeof(SetupRunner).Assembly;
    private static readonly Assembly s_host = typeof(SetupWizardApp).Assembly;

    [Fact]
    public void No_number_stands_for_two_events()
    {
        var numbers = EventsOf(s_engine).Concat(EventsOf(s_host)).ToList();

        Assert.Equal(numbers.Distinct(), numbers);
    }

    [Fact]
    public void Each_project_keeps_to_its_range()
    {
        Assert.All(EventsOf(s_engine), n => Assert.InRange(n, 1000, 4999));
        Assert.All(EventsOf(s_host), n => Assert.InRange(n, 5000, 8999));
    }

    [Fact]
    public void Every_number_listed_is_logged_and_every_number_logged_is_listed()
    {
        foreach (var project in new[] { s_engine, s_host })
        {
            var listed = project.GetTypes().Single(t => t.Name == "EventIds").GetFields().Select(f => (int)f.GetRawConstantValue()!);

            Assert.Equal(listed.Order(), EventsOf(project).Order());
        }
    }

    private static IEnumerable<int> EventsOf(Assembly project) => project.GetTypes()
        .SelectMany(t => t.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .SelectMany(m => m.GetCustomAttributes<LoggerMessageAttribute>())
        .Select(a => a.EventId);
}
