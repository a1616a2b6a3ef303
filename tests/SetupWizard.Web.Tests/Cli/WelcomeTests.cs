using SetupWizard.Cli;

namespace SetupWizard.Web.Tests.Cli;

/// <summary>What whoever starts the web app sees first.</summary>
public sealed class WelcomeTests : IDisposable
{
    private const string Url = "http://localhost:5080/token?t=0123456789abcdef";

    private readonly string _home = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [InlineData(null, 2)]
    [InlineData(120, 5)]
    [InlineData(30, 5)]
    public void Address_stands_alone_on_its_line_under_what_to_do_with_it(int? width, int count)
    {
        var lines = Welcome.Text(Url, token: true, width).Split(Environment.NewLine)[..^1];

        Assert.Equal(count, lines.Length);
        Assert.Single(lines, static l => l.Trim() == Url);
        Assert.Single(lines, static l => l.EndsWith("until the wizard stops):", StringComparison.Ordinal));
        Assert.All(lines.Where(static l => l.Contains('─', StringComparison.Ordinal)), l => Assert.InRange(l.Length, 20, width!.Value));
    }

    [Theory]
    [InlineData("", false, false)]
    [InlineData("", true, true)]
    [InlineData("DISPLAY", false, true)]
    [InlineData("WAYLAND_DISPLAY", false, true)]
    [InlineData("DISPLAY CI", false, false)]
    [InlineData("DISPLAY SSH_CONNECTION", false, false)]
    [InlineData("DISPLAY DOTNET_RUNNING_IN_CONTAINER", false, false)]
    [InlineData("DISPLAY /.dockerenv", false, false)]
    [InlineData("DISPLAY /run/.containerenv", false, false)]
    [InlineData("SSH_TTY", true, false)]
    public void Browser_is_opened_where_somebody_sits_in_front(string there, bool desktop, bool opened)
    {
        var things = there.Split(' ');

        Assert.Equal(opened, DesktopBrowser.IsHere(v => things.Contains(v) ? "1" : null, things.Contains, desktop));
    }

    [Fact]
    public async Task Browser_gets_a_page_of_its_owner_alone_and_no_argument_with_the_token_and_the_page_goes()
    {
        using var stopping = new CancellationTokenSource();
        string argument = "", text = "";
        UnixFileMode? mode = null;

        await DesktopBrowser.OpenAsync(
            Url,
            _home,
            file =>
            {
                (argument, text) = (file, File.ReadAllText(file));
                mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(file);
                stopping.Cancel();
            },
            stopping.Token);

        Assert.DoesNotContain("0123456789abcdef", argument, StringComparison.Ordinal);
        Assert.False(Path.GetFileName(argument).StartsWith('.'));
        Assert.Contains($"url={Url}\"", text, StringComparison.Ordinal);
        Assert.True(mode is null or (UnixFileMode.UserRead | UnixFileMode.UserWrite), $"{mode}");
        Assert.Empty(Directory.GetFiles(_home));
    }

    [Fact]
    public async Task Browser_that_cannot_be_started_is_no_trouble()
    {
        await DesktopBrowser.OpenAsync(Url, _home, static _ => throw new System.ComponentModel.Win32Exception(2), CancellationToken.None);
        await DesktopBrowser.OpenAsync(Url, Path.Combine(_home, "none"), static _ => Assert.Fail("There is no place for the page."), CancellationToken.None);

        Assert.Empty(Directory.GetFiles(_home));
    }
}
