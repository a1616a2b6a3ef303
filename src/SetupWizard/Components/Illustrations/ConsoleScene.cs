using System.Globalization;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Text;
using SetupWizard.Sessions.Sandboxes;

namespace SetupWizard.Components.Illustrations;

/// <summary>What a drawing shows: whose console, with whose values, at which instruction, and whether it does anything.</summary>
public sealed record ConsoleScene
{
    /// <summary>Unique on the page; names of controls are built from it.</summary>
    public required string Id { get; init; }

    public required string GuideId { get; init; }

    /// <summary>The instructions beside the drawing.</summary>
    public required IReadOnlyList<GuideLine> Steps { get; init; }

    /// <summary>The instruction a person is at.</summary>
    public required string Current { get; init; }

    /// <summary>The names the guide uses (<see cref="GuideArguments"/>).</summary>
    public required IReadOnlyDictionary<string, object?> Values { get; init; }

    /// <summary>Settings as they were read; empty before a reading.</summary>
    public IReadOnlyDictionary<string, SettingFact> Settings { get; init; } = new Dictionary<string, SettingFact>(StringComparer.Ordinal);

    /// <summary>The parameter the guide changes.</summary>
    public string Setting { get; init; } = "";

    /// <summary>Its new value.</summary>
    public string Value { get; init; } = "";

    /// <summary>The addresses ClickPipes comes from.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The version of the server, in full; its major version when that is all that is known.</summary>
    public string Version { get; init; } = "";

    /// <summary>The real console's page; null when it cannot be known.</summary>
    public string? Url { get; init; }

    /// <summary>Whether parameters belong to a cluster with one writer, and not to one server.</summary>
    public bool Cluster { get; init; }

    /// <summary>The console that acts; null where the drawing is only a drawing.</summary>
    public SandboxConsole? Console { get; init; }

    /// <summary>Whether the server answers.</summary>
    public bool Reachable { get; init; } = true;

    /// <summary>Hears that an instruction was carried out in the drawing.</summary>
    public Func<string, Task> Done { get; init; } = static _ => Task.CompletedTask;

    /// <summary>Goes to an instruction.</summary>
    public Action<string> GoTo { get; init; } = static _ => { };

    /// <summary>A name of the guide, as text for people: <c>instance</c>.</summary>
    public string Name(string name) => Values.GetValueOrDefault(name) is { } value ? VisibleText.Of(Convert.ToString(value, CultureInfo.InvariantCulture)!) : "<" + name + ">";

    /// <summary>The number beside the first of these instructions that the guide has; null when it has none of them.</summary>
    /// <param name="keys">Keys of instructions, with commas between.</param>
    public int? NumberOf(string keys) => KeyOf(keys) is { } key ? IndexOf(key) + 1 : null;

    /// <summary>Whether a person is at one of these instructions.</summary>
    public bool IsAt(string keys) => keys.Split(',').Contains(Current, StringComparer.Ordinal);

    /// <summary>The first of these instructions that the guide has.</summary>
    public string? KeyOf(string keys) => keys.Split(',') is var all && all.Contains(Current, StringComparer.Ordinal) ? Current : all.FirstOrDefault(k => IndexOf(k) >= 0);

    /// <summary>A parameter with what was read of it.</summary>
    public ConsoleParameter Parameter(string name) => ConsoleParameter.Of(name, Settings.GetValueOrDefault(name));

    /// <summary>The instruction after this one; the same when it is the last.</summary>
    public string After(string key) => Steps[Math.Min(IndexOf(key) + 1, Steps.Count - 1)].Key;

    /// <summary>Where an instruction stands; -1 when it is none of this guide's.</summary>
    public int IndexOf(string key)
    {
        for (var i = 0; i < Steps.Count; i++)
        {
            if (Steps[i].Key == key)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>The scene of a guide, with what is known of the source.</summary>
    /// <param name="id">Unique on the page.</param>
    /// <param name="provider">Whose console.</param>
    /// <param name="endpoint">The source.</param>
    /// <param name="snapshot">What was read of it; null before.</param>
    /// <param name="goal">What is wanted.</param>
    /// <param name="change">What the guide is for.</param>
    /// <param name="culture">The language of the instructions.</param>
    public static ConsoleScene For(string id, ProviderProfile provider, SourceEndpoint endpoint, SourceSnapshot? snapshot, SetupGoal goal, ConsoleChange change, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(provider);
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(goal);
        var values = GuideArguments.For(provider, endpoint, snapshot, change, goal);
        var guide = GuideText.For(provider.Guide(change.GuideId), values, culture);
        return new ConsoleScene
        {
            Id = id,
            GuideId = change.GuideId,
            Steps = guide.Steps,
            Current = guide.Steps[0].Key,
            Values = values,
            Settings = snapshot?.Settings ?? new Dictionary<string, SettingFact>(StringComparer.Ordinal),
            Setting = change.Setting ?? "",
            Value = change.Value ?? "",
            Addresses = ClickPipesRegions.AddressesFor(goal),
            Version = snapshot is null ? "" : snapshot.Server.VersionText.Replace("PostgreSQL ", "", StringComparison.Ordinal).Split(' ')[0],
            Cluster = provider.Scope == ParameterScope.Cluster,
            Url = guide.Url,
        };
    }
}
