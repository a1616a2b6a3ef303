namespace SetupWizard.Server.Tests.Scripts;

/// <summary>scripts/run builds when there is something to build, and says so; else it is as quick as the program.</summary>
public sealed class RunScriptTests : IDisposable
{
    private const string Program = "src/SetupWizard/bin/Release/net10.0/SetupWizard.dll";

    private readonly ScriptHome _home = new();

    public RunScriptTests()
    {
        foreach (var file in new[] { "src/SetupWizard/Program.cs", "src/SetupWizard.Core/Log.cs", "wwwroot/css/app.css", "build/a.targets", "Directory.Build.props", "global.json", ".editorconfig", "BannedSymbols.txt" })
        {
            _home.Write(file);
        }

        // A real build makes directories beside the sources.
        Dotnet("mkdir -p \"$2/../SetupWizard.Core/obj\" \"$2/../SetupWizard.Core/bin\" \"$2/obj\"; mkdir -p \"$2/bin/Release/net10.0\" && touch \"$2/bin/Release/net10.0/SetupWizard.dll\"; echo noise; echo more noise >&2");
    }

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task First_run_says_that_it_builds_and_for_how_long_and_shows_nothing_of_it()
    {
        var run = await _home.RunAsync("run", alone: false, "check", "a b");

        Assert.Equal((0, $"ran {Path.Combine(_home.Top, Program)} check a b\n"), (run.Code, run.Output));
        Assert.Equal("Building SetupWizard (the first time takes a minute or two) …\n", run.Error);
    }

    [Fact]
    public async Task Nothing_is_built_and_nothing_said_until_a_source_changes()
    {
        await _home.RunAsync("run", alone: false);
        Assert.Equal("", (await _home.RunAsync("run", alone: false)).Error);
        Assert.Equal("build\n", _home.Calls);

        // A style changes no program: its time stays as it was.
        Dotnet("");
        foreach (var path in new[] { "wwwroot/css/app.css", "src/SetupWizard.Core/Log.cs", "Directory.Build.props" })
        {
            _home.Age();
            _home.Write(path, "new");
            Assert.StartsWith("Building what has changed", (await _home.RunAsync("run", alone: false)).Error, StringComparison.Ordinal);
            Assert.Equal("", (await _home.RunAsync("run", alone: false)).Error);
        }

        // What another build leaves is no source.
        _home.Age();
        _home.Write("src/SetupWizard/obj/Debug/x.cs");
        _home.Write("src/SetupWizard.Core/bin/Debug/x.dll");
        File.Delete(Path.Combine(_home.Top, "wwwroot/css/app.css"));
        Assert.StartsWith("Building what has changed", (await _home.RunAsync("run", alone: false)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Checkout_that_is_built_runs_though_nothing_can_be_written_to_it()
    {
        _home.Age();
        _home.Write(Program);
        Dotnet("exit 1");

        var run = await _home.RunAsync("run", alone: false);

        Assert.Equal((0, ""), (run.Code, run.Error));
        Assert.Equal("", _home.Calls);
    }

    [Theory]
    [InlineData("error CS1002: ; expected", false)]
    [InlineData("error NU1301: Unable to load the service index for source", true)]
    public async Task Build_that_fails_is_said_first_then_why_and_then_shown(string error, bool network)
    {
        Dotnet($"echo '{error}'; exit 1");

        var run = await _home.RunAsync("run", alone: false);

        var lines = run.Error.Split('\n');
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Equal("The build failed.", lines[1]);
        Assert.Equal(network, lines[2].StartsWith("NuGet", StringComparison.Ordinal));
        Assert.Equal(error, lines[network ? 3 : 2]);

        // And it is not taken for built.
        Assert.StartsWith("Building", (await _home.RunAsync("run", alone: false)).Error, StringComparison.Ordinal);
    }

    private void Dotnet(string build) => _home.Program("dotnet", $$"""
        case "$1" in
          --version) ;;
          build) echo build >>"$CALLS"; {{build}} ;;
          *) echo "ran $*" ;;
        esac
        """);
}
