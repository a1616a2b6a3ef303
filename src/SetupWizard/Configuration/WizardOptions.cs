using SetupWizard.Core.Providers;

namespace SetupWizard.Configuration;

/// <summary>How the web application runs. Bound from the section <c>Wizard</c> (environment: <c>Wizard__Port</c>) and the command line.</summary>
public sealed class WizardOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Wizard";

    /// <summary>The address to listen on. Loopback unless somebody decides otherwise.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port; 0 takes a free one.</summary>
    public int Port { get; set; } = 5080;

    /// <summary>The address people open where that is another than the one listened on: behind a proxy, or on a server with a name. Empty: none.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Names, beside addresses, <c>localhost</c> and that of <see cref="PublicUrl"/>, that a browser may use for this wizard.</summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary><see cref="PublicUrl"/> as an address.</summary>
    internal Uri? PublicAddress => Uri.TryCreate(PublicUrl, UriKind.Absolute, out var address) ? address : null;

    /// <summary>Where logs and the audit go.</summary>
    public string DataDirectory { get; set; } = DefaultDataDirectory();

    /// <summary>Whether sandboxes can be started.</summary>
    public bool Sandbox { get; set; } = true;

    /// <summary>Whether a browser needs the one-time token of the printed URL.</summary>
    public bool RequireToken { get; set; } = true;

    /// <summary>After how much idle time a session's credentials are forgotten.</summary>
    public TimeSpan IdleExpiry { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>Where ClickPipes' current addresses are read from, when somebody asks for them.</summary>
    public string AddressList { get; set; } = ClickPipesRegions.Published.AbsoluteUri;

    private static string DefaultDataDirectory()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return Path.Combine(home.Length > 0 ? home : AppContext.BaseDirectory, "SetupWizard");
    }
}
