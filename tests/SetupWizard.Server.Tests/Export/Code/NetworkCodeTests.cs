using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using SetupWizard.Core.Guides;
using SetupWizard.Core.Providers;

namespace SetupWizard.Server.Tests.Export.Code;

/// <summary>The artefacts that act on their own do what they say: run, against an AWS that only pretends.</summary>
public sealed class NetworkCodeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("setupwizard-network-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Job_does_nothing_while_the_address_is_the_same()
    {
        var (code, calls, log) = await RunJobAsync("10.0.0.5", ["10.0.0.5\t5432\thealthy"]);

        Assert.Equal((0, "", ""), (code, calls, log));
    }

    [Fact]
    public async Task Job_registers_the_first_address()
    {
        var (code, calls, _) = await RunJobAsync("10.0.0.5", []);

        Assert.Equal((0, "register Id=10.0.0.5,Port=5432\n"), (code, calls));
    }

    [Fact]
    public async Task Job_moves_the_target_when_the_address_changes_new_before_old()
    {
        var (code, calls, log) = await RunJobAsync("10.0.0.9", ["10.0.0.5\t5432\tunhealthy"]);

        Assert.Equal((0, "register Id=10.0.0.9,Port=5432\nderegister Id=10.0.0.5\n"), (code, calls));
        Assert.Contains("deregistering 10.0.0.5", log, StringComparison.Ordinal);
        Assert.Equal("10.0.0.9\t5432\thealthy\n", await File.ReadAllTextAsync(Path.Combine(_folder, "state")));
    }

    [Fact]
    public async Task Job_keeps_the_old_target_until_the_new_one_is_healthy()
    {
        var (code, calls, log) = await RunJobAsync("10.0.0.9", ["10.0.0.5\t5432\thealthy"], newState: "initial");

        Assert.Equal((1, "register Id=10.0.0.9,Port=5432\n"), (code, calls));
        Assert.Contains("keeping the old targets", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Job_takes_the_old_target_away_in_a_later_run()
    {
        var (code, calls, _) = await RunJobAsync("10.0.0.9", ["10.0.0.5\t5432\thealthy", "10.0.0.9\t5432\thealthy"]);

        Assert.Equal((0, "deregister Id=10.0.0.5\n"), (code, calls));
    }

    [Fact]
    public async Task Job_leaves_a_target_alone_that_is_leaving_already()
    {
        var (code, calls, _) = await RunJobAsync("10.0.0.9", ["10.0.0.5\t5432\tdraining", "10.0.0.9\t5432\thealthy"]);

        Assert.Equal((0, ""), (code, calls));
    }

    [Fact]
    public async Task Dry_run_says_what_it_would_do_and_does_nothing()
    {
        var (code, calls, log) = await RunJobAsync("10.0.0.9", ["10.0.0.5\t5432\thealthy"], arguments: "--dry-run");

        Assert.Equal((0, ""), (code, calls));
        Assert.Contains("dry run, not done: aws elbv2 register-targets", log, StringComparison.Ordinal);
        Assert.Contains("Id=10.0.0.5", log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "has no address now")]
    [InlineData("52.1.2.3", "outside the VPC")]
    public async Task Name_that_gives_no_address_of_the_VPC_changes_nothing(string address, string said)
    {
        var (code, calls, log) = await RunJobAsync(address, ["10.0.0.5\t5432\thealthy"]);

        Assert.Equal((1, ""), (code, calls));
        Assert.Contains(said, log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("10.0.0.5", "10.0.0.5:healthy", "healthy", "")]
    [InlineData("10.0.0.9", "10.0.0.5:unhealthy", "healthy", "register 10.0.0.9,deregister 10.0.0.5")]
    [InlineData("10.0.0.9", "10.0.0.5:healthy", "initial", "register 10.0.0.9,RuntimeError")]
    [InlineData("10.0.0.9", "10.0.0.5:draining", "initial", "register 10.0.0.9")]
    [InlineData("52.1.2.3", "10.0.0.5:healthy", "healthy", "RuntimeError")]
    public async Task Function_does_the_same_when_it_is_called(string address, string targets, string newState, string done)
    {
        if (!await HasPythonAsync())
        {
            return;
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "index.py"), Function(Code("rds-target-event", CodeLanguage.CloudFormation)));
        await File.WriteAllTextAsync(Path.Combine(_folder, "boto3.py"), "import stub\ndef client(name):\n    return stub.Balancer()\n");
        await File.WriteAllTextAsync(Path.Combine(_folder, "stub.py"), """
            import os, socket, sys, time
            done = []
            state = [t.split(":") for t in os.environ["TARGETS"].split(",")]
            clock = [0.0]
            time.monotonic = lambda: clock[0]
            def sleep(seconds): clock[0] += seconds
            time.sleep = sleep
            socket.getaddrinfo = lambda *a: [(0, 0, 0, "", (os.environ["ADDRESS"], 0))]
            class Balancer:
                def describe_target_health(self, TargetGroupArn):
                    return {"TargetHealthDescriptions": [{"Target": {"Id": i, "Port": 5432}, "TargetHealth": {"State": s}} for i, s in state]}
                def register_targets(self, TargetGroupArn, Targets):
                    for t in Targets:
                        done.append("register " + t["Id"]); state.append([t["Id"], os.environ["NEW_STATE"]])
                def deregister_targets(self, TargetGroupArn, Targets):
                    for t in Targets:
                        done.append("deregister " + t["Id"]); state[:] = [s for s in state if s[0] != t["Id"]]
            """);
        await File.WriteAllTextAsync(Path.Combine(_folder, "run.py"), """
            import stub, index
            try:
                index.handler({}, None)
            except RuntimeError:
                stub.done.append("RuntimeError")
            print("DONE " + ",".join(stub.done))
            """);
        var (code, output, error) = await RunAsync("python3", ["run.py"], new()
        {
            ["HOST"] = "db",
            ["PORT"] = "5432",
            ["TARGET_GROUP"] = "arn",
            ["ADDRESS"] = address,
            ["TARGETS"] = targets,
            ["NEW_STATE"] = newState,
        });

        Assert.True(code == 0, error);
        Assert.Equal("DONE " + done, output.TrimEnd('\n').Split('\n')[^1]);
    }

    [Fact]
    public void Function_is_the_same_in_Terraform_and_CloudFormation()
    {
        var terraform = Code("rds-target-event", CodeLanguage.Terraform);
        var body = Function(Code("rds-target-event", CodeLanguage.CloudFormation)).TrimEnd('\n').Split('\n').Select(l => l.TrimStart());

        Assert.Contains(string.Join('\n', body), string.Join('\n', terraform.Split('\n').Select(l => l.TrimStart())), StringComparison.Ordinal);
        Assert.DoesNotContain("${", Function(Code("rds-target-event", CodeLanguage.CloudFormation)), StringComparison.Ordinal);
    }

    /// <summary>The program inside the template, as CloudFormation would upload it.</summary>
    private static string Function(string template)
    {
        var lines = template.Split('\n').SkipWhile(l => !l.EndsWith("ZipFile: |", StringComparison.Ordinal)).Skip(1).ToList();
        var depth = lines[0].Length - lines[0].TrimStart().Length;
        return string.Join('\n', lines.TakeWhile(l => l.Length == 0 || l.StartsWith(new string(' ', depth), StringComparison.Ordinal)).Select(l => l.Length == 0 ? l : l[depth..])) + "\n";
    }

    private static string Code(string guide, CodeLanguage language) =>
        CodeWriter.Write(GuideCodeCase.Guide(guide), GuideCodeCase.Plain(guide), GuideCodeCase.English).Single(c => c.Language == language).Text;

    private async Task<(int Code, string Calls, string Log)> RunJobAsync(string address, string[] targets, string newState = "healthy", string arguments = "")
    {
        var state = Path.Combine(_folder, "state");
        var calls = Path.Combine(_folder, "calls");
        await File.WriteAllTextAsync(state, string.Concat(targets.Select(t => t + "\n")));
        await File.WriteAllTextAsync(calls, "");
        await File.WriteAllTextAsync(Path.Combine(_folder, "job.sh"), Code("rds-target-cron", CodeLanguage.Shell));
        await ProgramAsync("aws", await File.ReadAllTextAsync(Path.Combine(Path.GetDirectoryName(ThisFile())!, "fake-aws.sh")));
        await ProgramAsync("getent", $"#!/bin/sh\n[ -z '{address}' ] || printf '%s STREAM db\\n%s DGRAM\\n' '{address}' '{address}'\n");
        await ProgramAsync("logger", "#!/bin/sh\n");
        await ProgramAsync("sleep", "#!/bin/sh\n");
        var (code, _, error) = await RunAsync("bash", ["job.sh", .. arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)], new()
        {
            ["PATH"] = _folder + ":" + Environment.GetEnvironmentVariable("PATH"),
            ["STATE"] = state,
            ["CALLS"] = calls,
            ["NEW_STATE"] = newState,
            ["PATIENCE_SECONDS"] = "10",
        });
        return (code, await File.ReadAllTextAsync(calls), error);
    }

    private Task ProgramAsync(string name, string text) => FakeProgram.WriteAsync(_folder, name, text);

    private async Task<bool> HasPythonAsync()
    {
        try
        {
            return (await RunAsync("python3", ["--version"], [])).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string program, IReadOnlyList<string> arguments, Dictionary<string, string> variables)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 };
        foreach (var (name, value) in variables)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
