using Microsoft.AspNetCore.Components;
using SetupWizard.Sessions.Sandboxes;

namespace SetupWizard.Components.Illustrations;

/// <summary>A drawing of one page of a provider's console.</summary>
public abstract class Drawing : ComponentBase
{
    [CascadingParameter]
    public ConsoleScene Scene { get; set; } = default!;

    /// <summary>The console that acts; null where this is only a drawing.</summary>
    protected SandboxConsole? Console => Scene.Console;

    /// <summary>The server's name, as its console calls it.</summary>
    protected string Instance => Scene.Name("instance");

    /// <summary>The one server, or the instance of a cluster that writes, by the name that the console gives to a new cluster's first one.</summary>
    protected string Writer => Scene.Cluster ? Instance + "-instance-1" : Instance;

    /// <summary>The instruction that one of these keys names was carried out.</summary>
    /// <param name="keys">Keys of instructions, with commas between.</param>
    protected Task DoneAsync(string keys) => Scene.KeyOf(keys) is { } key ? Scene.Done(key) : Task.CompletedTask;
}
