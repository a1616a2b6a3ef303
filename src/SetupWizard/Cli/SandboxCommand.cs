using System.CommandLine;
using System.Globalization;
using SetupWizard.Core.Text;
using SetupWizard.Sandbox;

namespace SetupWizard.Cli;

/// <summary><c>sandbox</c>: a throw-away PostgreSQL in a provider's clothes, and the console of its imaginary provider.</summary>
internal sealed class SandboxCommand
{
    private readonly CliHost _host;
    private readonly CultureInfo _culture;
    private readonly Option<string?> _profile;
    private readonly Option<int?> _port;
    private readonly Option<int?> _version;

    private SandboxCommand(CliHost host, CultureInfo culture)
    {
        _host = host;
        _culture = culture;
        var words = SandboxProfiles.All.Select(p => p.Word()).ToArray();
        _profile = new("--profile") { HelpName = string.Join('|', words), Description = Say("Help.Profile") };
        _profile.TakesOneOf(words, culture);
        _port = new("--port") { HelpName = "N", Recursive = true, Description = Say("Help.SandboxPort") };
        _version = new("--version") { HelpName = "M", Description = Say("Help.SandboxVersion") };
    }

    public static Command Create(CliHost host, CultureInfo culture)
    {
        var sandbox = new SandboxCommand(host, culture);
        var command = new Command("sandbox", sandbox.Say("Help.Sandbox"));
        command.Options.Add(sandbox._profile);
        command.Options.Add(sandbox._port);
        command.Options.Add(sandbox._version);
        command.SetAction(sandbox.StartAsync);
        command.Subcommands.Add(sandbox.Set());
        command.Subcommands.Add(sandbox.Reboot());
        return command;
    }

    private Command Set()
    {
        var name = new Argument<string>("NAME") { Description = Say("Help.Parameter") };
        var value = new Argument<string>("VALUE") { Description = Say("Help.ParameterValue") };
        var command = new Command("set", Say("Help.SandboxSet"));
        command.Arguments.Add(name);
        command.Arguments.Add(value);
        command.SetAction((parsed, ct) => AttachedAsync(parsed, (sandbox, stop) => SetAsync(sandbox, parsed.GetRequiredValue(name), parsed.GetRequiredValue(value), stop), ct));
        return command;
    }

    private Command Reboot()
    {
        var command = new Command("reboot", Say("Help.SandboxReboot"));
        command.SetAction((parsed, ct) => AttachedAsync(parsed, RebootAsync, ct));
        return command;
    }

    private async Task<int> StartAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!SandboxProfiles.TryParse(parsed.GetValue(_profile), out var profile))
        {
            throw new UsageException(Say("Cli.ProfileNeeded"));
        }

        var major = parsed.GetValue(_version);
        if (major is not null && !profile.Majors().Contains(major.Value))
        {
            throw new UsageException(Say("Cli.BadMajor", ("value", major.Value), ("known", string.Join(", ", profile.Majors()))));
        }

        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var signals = CliApp.CancelOnSignal(stopping);
        return await GuardedAsync(async () =>
        {
            var options = new SandboxOptions { Profile = profile, Port = parsed.GetValue(_port), Major = major };
            var progress = new Reporter(_host.Error, _culture);
            await using var sandbox = await PostgresSandbox.StartAsync(options, progress, stopping.Token);
            Introduce(sandbox);
            await CommandsAsync(sandbox, stopping.Token);
            _host.Error.WriteLine(Say("Cli.SandboxStopped"));
            return ExitCode.Ready;
        });
    }

    private void Introduce(PostgresSandbox sandbox)
    {
        var (name, value) = sandbox.Profile == SandboxProfile.AmazonRds ? ("rds.logical_replication", "1") : ("wal_level", "logical");
        var port = sandbox.Port.ToString(CultureInfo.InvariantCulture);
        var output = _host.Output;
        output.WriteLine(Say("Cli.SandboxRuns", ("major", sandbox.Major), ("profile", sandbox.Profile.Word())));
        output.WriteLine();
        output.WriteLine(sandbox.UriWithoutPassword);
        output.WriteLine();
        output.WriteLine(Say("Cli.SandboxElsewhere"));
        output.WriteLine($"  export {Secrets.AdminVariable}={Quote(sandbox.AdminPassword)}");
        output.WriteLine($"  SetupWizard check --url {Quote(sandbox.UriWithoutPassword)} --ca-file {Quote(sandbox.CaCertificatePath)}");
        output.WriteLine();
        output.WriteLine(Say("Cli.SandboxConsole"));
        output.WriteLine($"  SetupWizard sandbox set {name} {value} --port {port}");
        output.WriteLine($"  SetupWizard sandbox reboot --port {port}");
        output.WriteLine();
        output.WriteLine(Say(_host.Interactive ? "Cli.SandboxCommands" : "Cli.SandboxStop"));
        output.Flush();
    }

    /// <summary>Until cancelled; with a person at the keyboard, their commands too.</summary>
    private async Task CommandsAsync(PostgresSandbox sandbox, CancellationToken cancellationToken)
    {
        var cancelled = Task.Delay(Timeout.Infinite, cancellationToken);
        while (!cancellationToken.IsCancellationRequested)
        {
            // A terminal's read cannot be cancelled: it is left behind when Ctrl+C comes first.
            var reading = _host.Interactive ? Task.Run(_host.Input.ReadLine, CancellationToken.None) : cancelled;
            if (await Task.WhenAny(reading, cancelled) == cancelled || await (Task<string?>)reading is not { } line)
            {
                return;
            }

            try
            {
                switch (line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                {
                    case ["set", var name, var value]:
                        await SetAsync(sandbox, name, value, cancellationToken);
                        break;
                    case ["reboot"]:
                        await RebootAsync(sandbox, cancellationToken);
                        break;
                    case ["quit" or "exit"]:
                        return;
                    case []:
                        break;
                    default:
                        _host.Error.WriteLine(Say("Cli.SandboxCommands"));
                        break;
                }
            }
            catch (SandboxException e)
            {
                _host.Error.WriteLine(e.Message);
            }
        }
    }

    private async Task<int> SetAsync(PostgresSandbox sandbox, string name, string value, CancellationToken cancellationToken)
    {
        await sandbox.SetParameterAsync(name, value, cancellationToken);
        _host.Output.WriteLine(Say(sandbox.StagedParameters.ContainsKey(name) ? "Cli.SandboxStaged" : "Cli.SandboxSet", ("name", name), ("value", value)));
        return ExitCode.Ready;
    }

    private async Task<int> RebootAsync(PostgresSandbox sandbox, CancellationToken cancellationToken)
    {
        await sandbox.RebootAsync(cancellationToken);
        _host.Output.WriteLine(Say("Cli.SandboxRebooted"));
        return ExitCode.Ready;
    }

    private Task<int> AttachedAsync(ParseResult parsed, Func<PostgresSandbox, CancellationToken, Task<int>> act, CancellationToken cancellationToken)
    {
        var port = parsed.GetValue(_port) ?? throw new UsageException(Say("Cli.SandboxPortNeeded"));
        return GuardedAsync(async () =>
        {
            await using var sandbox = await PostgresSandbox.AttachAsync(port, cancellationToken);
            return await act(sandbox, cancellationToken);
        });
    }

    private async Task<int> GuardedAsync(Func<Task<int>> act)
    {
        try
        {
            return await act();
        }
        catch (SandboxRefusedException e)
        {
            _host.Error.WriteLine(e.Message);
            return ExitCode.Blocked;
        }
        catch (SandboxException e)
        {
            _host.Error.WriteLine(e.Message);
            return ExitCode.Undetermined;
        }
    }

    private static string Quote(string word) => "'" + word.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);

    /// <summary>Progress in the order in which it happens, which <see cref="Progress{T}"/> does not promise.</summary>
    private sealed class Reporter(TextWriter error, CultureInfo culture) : IProgress<string>
    {
        public void Report(string value) => error.WriteLine(Messages.Get("Sandbox." + value, culture));
    }
}
