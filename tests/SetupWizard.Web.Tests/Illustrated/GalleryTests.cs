using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SetupWizard.Components.Basics;
using SetupWizard.Components.Frame;
using SetupWizard.Components.Gallery;
using SetupWizard.Components.Session;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Illustrated;

/// <summary>The page that shows every component in every state.</summary>
public sealed class GalleryTests : WebTest
{
    private static readonly string[] s_rooms = ["Basics", "Forms", "Findings", "Runs", "Tables", "Guides", "Frame", "Network", "Watching", "Session"];

    /// <summary>What the page does not show, and why.</summary>
    private static readonly Dictionary<Type, string> s_elsewhere = new()
    {
        [typeof(Announcer)] = "Shows nothing, and stands in the layout of each page: a second one would say everything twice.",
        [typeof(StepFlow)] = "Is made of StepSummary, ReviewPanel, RunProgress, FindingList and ActionBar, which are there one by one; drawn whole on each step by ScreenTests.",
        [typeof(SavedSetupList)] = "Lists what this machine has kept, and deletes it when asked: drawn on its pages by ReopenTests.",
    };

    private readonly Made _made = new();

    public GalleryTests() => ComponentFactories.Add(_made);

    [Fact]
    public async Task Every_component_of_the_rooms_is_shown_or_has_a_reason_not_to_be()
    {
        Render<MudDialogProvider>();
        var page = Show<Gallery>();
        foreach (var state in States(page))
        {
            Turn(state);
        }

        // It is over when the dialog is, which nobody answers.
        _ = page.Find("#gallery-dialog").ClickAsync(new());

        var components = typeof(Gallery).Assembly.GetTypes()
            .Where(t => typeof(IComponent).IsAssignableFrom(t) && !t.IsAbstract && s_rooms.Any(r => t.Namespace == "SetupWizard.Components." + r))
            .ToHashSet();
        Assert.True(components.Count > 40, "Nothing was looked at.");
        Assert.Empty(components.Where(c => !_made.Types.Contains(c) && !s_elsewhere.ContainsKey(c)).Select(c => c.Name));
        Assert.Empty(s_elsewhere.Keys.Where(c => _made.Types.Contains(c) || !components.Contains(c)).Select(c => c.Name));
        await DisposeAsync();
    }

    /// <summary>A page has an id once, whichever states are shown together, and a text wherever one is asked for.</summary>
    [Fact]
    public async Task States_take_turns_by_the_address_and_each_is_whole()
    {
        var page = Show<Gallery>();
        var turns = Turns(page);
        foreach (var state in States(page))
        {
            Turn(state);
            Assert.Equal(turns.Select(t => t[state % t.Count]), page.FindAll(".gallery-states button[aria-pressed='true']").Select(b => b.TextContent));
            Assert.Empty(page.FindAll("[id]").GroupBy(e => e.Id).Where(g => g.Count() > 1).Select(g => g.Key));
            var text = page.Find("main").TextContent;
            Assert.DoesNotMatch(@"\{[a-z]+(\|[^}]*)?\}", text);
            Assert.DoesNotMatch(@"\b(Problem|Cause|Change|Watch|Run|Review|SW\d{3})\.[A-Za-z-]+\.?(Title|Why|Fix|Text)\b", text);
        }

        await DisposeAsync();
    }

    [Fact]
    public async Task State_is_chosen_by_its_button()
    {
        var page = Show<Gallery>();

        await page.FindAll(".gallery-states button").First(b => b.TextContent == "failed").ClickAsync(new());

        Assert.Contains("public.payments", page.Find(".run .row-failed").TextContent, StringComparison.Ordinal);
        await DisposeAsync();
    }

    /// <summary>The server does not answer to its address there; whoever comes by a link finds as little.</summary>
    [Theory]
    [InlineData("Staging")]
    [InlineData("Production")]
    public void Outside_development_there_is_nothing_to_see(string environment)
    {
        HostEnvironment.EnvironmentName = environment;

        Assert.Empty(Show<Gallery>().FindAll("main"));
    }

    /// <summary>As many as what has most of them has.</summary>
    private static IEnumerable<int> States(IRenderedComponent<Gallery> page) => Enumerable.Range(0, Turns(page).Max(t => t.Count));

    private static List<List<string>> Turns(IRenderedComponent<Gallery> page) =>
        [.. page.FindAll(".gallery-states").Select(s => s.Children.Select(b => b.TextContent).ToList())];

    /// <summary>Goes to a state by the address.</summary>
    private void Turn(int state) =>
        Services.GetRequiredService<NavigationManager>().NavigateTo("/gallery?state=" + state.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Sees each component that is made, and makes none itself.</summary>
    private sealed class Made : IComponentFactory
    {
        public HashSet<Type> Types { get; } = [];

        public bool CanCreate(Type componentType)
        {
            Types.Add(componentType.IsGenericType ? componentType.GetGenericTypeDefinition() : componentType);
            return false;
        }

        public IComponent Create(Type componentType) => throw new NotSupportedException();
    }
}
