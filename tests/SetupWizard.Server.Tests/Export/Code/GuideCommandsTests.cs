using System.Diagnostics;
using System.Text;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;
using SetupWizard.Sandbox;

namespace SetupWizard.Server.Tests.Export.Code;

/// <summary>The commands beside the guides, read and run by the programs they are for; clouds are stood in for by programs that write down what they are given.</summary>
public sealed class GuideCommandsTests
{
    public static TheoryData<string> Texts => [.. GuideCodeCase.Texts];

    /// <summary>Every guide that has the language, with names of each kind.</summary>
    public static TheoryData<CodeLanguage, string, string> Cases(CodeLanguage language)
    {
        var data = new TheoryData<CodeLanguage, string, string>();
        foreach (var guide in GuideCodeCase.In(language))
        {
            data.Add(language, guide, "plain");
            data.Add(language, guide, "odd");
            data.Add(language, guide, "nothing");
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Texts))]
    public async Task Bash_reads_back_what_was_quoted(string text)
    {
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "printf '%s' " + CodeQuote.Quote(text, CodeLanguage.Shell)]) { RedirectStandardOutput = true, StandardOutputEncoding = new UTF8Encoding(false) })!;
        var read = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(0, process.ExitCode);
        Assert.Equal(text, read);
    }

    [Theory]
    [MemberData(nameof(Cases), CodeLanguage.Shell)]
    public async Task Shell_is_bash_inside_its_here_document_too(CodeLanguage language, string guide, string names)
    {
        var code = Code(guide, names, language);

        Assert.Equal((0, ""), await RunAsync("bash", ["-n"], code));
        var lines = code.TrimEnd('\n').Split('\n');
        if (!GuideCodeCase.Guide(guide).Noticed)
        {
            return;
        }

        Assert.Equal("bash <<'COMMANDS'", lines[0]);
        Assert.Equal("COMMANDS", lines[^1]);
        Assert.Single(lines, "COMMANDS");
        Assert.Equal((0, ""), await RunAsync("bash", ["-n"], string.Join('\n', lines[1..^1]) + "\n"));
    }

    [Theory]
    [MemberData(nameof(Cases), CodeLanguage.Terraform)]
    public async Task Terraform_is_formatted_as_its_own_tool_does(CodeLanguage language, string guide, string names)
    {
        var code = Code(guide, names, language);
        if (CommandRunner.Find("terraform") is null)
        {
            // Without the program the grammar alone is checked.
            Assert.NotEmpty(CodeReading.Strings(CodeLanguage.Terraform, code));
            return;
        }

        Assert.Equal(0, (await RunAsync("terraform", ["fmt", "-check", "-"], code)).Code);
    }

    [Theory]
    [InlineData(AmazonRds.ParameterGroupGuide)]
    [InlineData(AmazonRds.ParameterGuide)]
    [InlineData(AmazonRds.RebootGuide)]
    [InlineData(AmazonRds.SecurityGroupGuide)]
    [InlineData(AmazonAurora.ParameterGroupGuide)]
    [InlineData(AmazonAurora.ParameterGuide)]
    [InlineData(AmazonAurora.RebootGuide)]
    [InlineData(AmazonAurora.SecurityGroupGuide)]
    [InlineData(AzureFlexible.WalLevelGuide)]
    [InlineData(AzureFlexible.ParameterGuide)]
    [InlineData(AzureFlexible.RestartGuide)]
    [InlineData(AzureFlexible.FirewallGuide)]
    public async Task Commands_hand_every_odd_name_to_the_program_unchanged(string guide)
    {
        var calls = await CallsAsync(guide, "odd", "answer");

        Assert.NotEmpty(calls);
        Assert.All(calls.Where(c => c.Contains("--region")), c => Assert.Equal(GuideCodeCase.Odd, After(c, "--region")));
        Assert.All(calls.Where(c => c.Contains("--db-cluster-identifier")), c => Assert.Equal(GuideCodeCase.Odd, After(c, "--db-cluster-identifier")));

        // An instance of a cluster is looked up.
        var instance = calls.Any(c => c.Contains("--db-cluster-identifier")) ? "answer" : GuideCodeCase.Odd;
        Assert.All(calls.Where(c => c.Contains("--db-instance-identifier")), c => Assert.Equal(instance, After(c, "--db-instance-identifier")));
        Assert.All(calls.Where(c => c.Contains("--server-name")), c => Assert.Equal(GuideCodeCase.Odd, After(c, "--server-name")));
        Assert.All(calls.Where(c => c.Contains("--value") && guide == AzureFlexible.ParameterGuide), c => Assert.Equal((GuideCodeCase.Odd, GuideCodeCase.Odd), (After(c, "--name"), After(c, "--value"))));
        Assert.Contains(calls, c => c.Contains(GuideCodeCase.Odd));
    }

    [Theory]
    [InlineData("own-group", "own-group", false)]
    [InlineData("default.postgres16", "shop-prod-clickpipes", true)]
    public async Task Commands_change_the_group_in_use_and_replace_only_the_default_one(string inUse, string changed, bool attached)
    {
        var calls = await CallsAsync(AmazonRds.ParameterGroupGuide, "plain", inUse);

        Assert.Equal(changed, After(calls.Single(c => c[1] == "modify-db-parameter-group"), "--db-parameter-group-name"));
        Assert.Equal(attached, calls.Any(c => c[1] == "modify-db-instance"));
        Assert.Equal(["reboot-db-instance", "wait"], calls.TakeLast(2).Select(c => c[1]));
    }

    [Theory]
    [InlineData(AmazonAurora.ParameterGroupGuide, "own-group", "own-group", false)]
    [InlineData(AmazonAurora.ParameterGroupGuide, "default.aurora-postgresql16", "shop-prod-clickpipes", true)]
    [InlineData(AmazonAurora.ParameterGuide, "own-group", "own-group", false)]
    [InlineData(AmazonAurora.ParameterGuide, "default.aurora-postgresql16", "shop-prod-clickpipes", true)]
    public async Task Commands_for_a_cluster_change_its_group_and_reboot_its_writer(string guide, string inUse, string changed, bool attached)
    {
        var calls = await CallsAsync(guide, "plain", inUse);

        Assert.Equal(changed, After(calls.Single(c => c[1] == "modify-db-cluster-parameter-group"), "--db-cluster-parameter-group-name"));
        Assert.Equal(attached ? ["shop-prod"] : (string[])[], calls.Where(c => c[1] == "modify-db-cluster").Select(c => After(c, "--db-cluster-identifier")));
        Assert.DoesNotContain(calls, c => c[1].EndsWith("-db-parameter-group", StringComparison.Ordinal) || c[1] == "modify-db-instance");
        Assert.Contains("IsClusterWriter", After(calls[^4], "--query"), StringComparison.Ordinal);
        Assert.Equal(["describe-db-clusters", "wait", "reboot-db-instance", "wait"], calls.TakeLast(4).Select(c => c[1]));
    }

    [Fact]
    public async Task Commands_open_the_firewall_for_every_address_by_its_own_rule()
    {
        var calls = (await CallsAsync(AzureFlexible.FirewallGuide, "plain", "shop-rg")).Where(c => c.Contains("--start-ip-address")).ToList();

        Assert.Equal((IReadOnlyList<string>)GuideCodeCase.Plain(AzureFlexible.FirewallGuide)["address"]!, calls.Select(c => After(c, "--start-ip-address")));
        Assert.All(calls, c => Assert.Equal("clickpipes-" + After(c, "--end-ip-address").Replace('.', '-'), After(c, "--name")));
        Assert.All(calls, c => Assert.Equal(("shop-rg", "shop-prod"), (After(c, "--resource-group"), After(c, "--server-name"))));
    }

    [Fact]
    public async Task Commands_write_missing_lines_before_all_others_and_only_once()
    {
        var folder = Directory.CreateTempSubdirectory("setupwizard-test-");
        try
        {
            var file = Path.Combine(folder.FullName, "pg_hba.conf");
            await File.WriteAllTextAsync(file, "host all all all reject\n");
            var wanted = (IReadOnlyList<string>)GuideCodeCase.Plain(SelfManaged.PgHbaGuide)["hbaLine"]!;
            for (var time = 0; time < 2; time++)
            {
                await CallsAsync(SelfManaged.PgHbaGuide, "plain", file);
                var lines = await File.ReadAllLinesAsync(file);
                Assert.Equal([.. wanted, "host all all all reject"], lines);
            }

            Assert.Equal("host all all all reject\n", await File.ReadAllTextAsync(file + ".before-clickpipes"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Runs the commands with programs in place of the real ones that write down their words and always give the same answer.</summary>
    private static async Task<List<string[]>> CallsAsync(string guide, string names, string answer)
    {
        var folder = Directory.CreateTempSubdirectory("setupwizard-test-");
        try
        {
            foreach (var program in (List<string>)["aws", "az", "psql"])
            {
                await ProgramAsync(folder, program, "{ printf '%s\\0' \"$@\"; printf '\\n\\0'; } >> \"$CALLS\"\ncase $* in *ParameterApplyStatus* | *ParameterGroupStatus*) echo pending-reboot ;; *) printf '%s\\n' \"$ANSWER\" ;; esac\n");
            }

            await ProgramAsync(folder, "sleep", "exit 0\n");
            await ProgramAsync(folder, "sudo", "[ \"$1\" != -u ] || shift 2\nexec \"$@\"\n");
            var calls = Path.Combine(folder.FullName, "calls");
            await File.WriteAllTextAsync(calls, "");
            var (code, error) = await RunAsync("bash", [], Code(guide, names, CodeLanguage.Shell), new() { ["PATH"] = folder.FullName + Path.PathSeparator + Environment.GetEnvironmentVariable("PATH"), ["CALLS"] = calls, ["ANSWER"] = answer });

            Assert.Equal((0, ""), (code, error));
            return [.. (await File.ReadAllTextAsync(calls)).Split("\n\0", StringSplitOptions.RemoveEmptyEntries).Select(c => c.Split('\0')[..^1])];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task ProgramAsync(DirectoryInfo folder, string name, string text) => FakeProgram.WriteAsync(folder.FullName, name, "#!/bin/sh\n" + text);

    private static async Task<(int Code, string Error)> RunAsync(string program, string[] arguments, string input, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, StandardInputEncoding = new UTF8Encoding(false) };
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        await output;
        return (process.ExitCode, program == "terraform" ? "" : await error);
    }

    private static string After(string[] words, string option) => words[Array.IndexOf(words, option) + 1];

    private static string Code(string guide, string names, CodeLanguage language) =>
        CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Names(guide, names), GuideCodeCase.English).Single(c => c.Language == language).Text;
}
