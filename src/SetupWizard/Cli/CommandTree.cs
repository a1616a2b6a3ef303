using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Export;
using SetupWizard.Core.Model;
using SetupWizard.Core.Providers;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>The verbs and their options.</summary>
internal static class CommandTree
{
    public static RootCommand Build(CliHost host, CultureInfo culture, Underway underway)
    {
        var builder = new Builder(host, culture, underway);
        var root = new RootCommand(builder.Say("Help.Root"));
        root.Options.Add(builder.Language);
        builder.AddServe(root);
        root.Subcommands.Add(builder.Check());
        root.Subcommands.Add(builder.Plan());
        root.Subcommands.Add(builder.Apply());
        root.Subcommands.Add(builder.Verify());
        root.Subcommands.Add(builder.Watch());
        root.Subcommands.Add(builder.Export());
        root.Subcommands.Add(builder.Guide());
        root.Subcommands.Add(SandboxCommand.Create(host, culture));
        if (root.Options.OfType<HelpOption>().SingleOrDefault() is { } help)
        {
            help.Action = new CliHelp(host, culture, builder.GroupOf);
        }

        return root;
    }

    private sealed class Builder
    {
        private readonly CliHost _host;
        private readonly CultureInfo _culture;
        private readonly Underway _underway;
        private readonly TargetOptions _target;
        private readonly GoalOptions _goal;
        private readonly PlanFileOptions _planFile;
        private readonly UndoOptions _undo;
        private readonly Option<bool> _json;

        public Builder(CliHost host, CultureInfo culture, Underway underway)
        {
            _host = host;
            _underway = underway;
            _culture = culture;
            _target = new(culture);
            _goal = new(culture);
            _planFile = new(culture);
            _undo = new(culture);
            _json = new("--json") { Description = Say("Help.Json") };
            Language = new("--lang") { Recursive = true, HelpName = "en|ko", Description = Say("Help.Lang") };
            Language.TakesOneOf(Cli.Language.Known, culture);
        }

        public Option<string?> Language { get; }

        public string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);

        /// <summary>Under which heading of a verb's help an option stands.</summary>
        public string GroupOf(Option option) =>
            _target.All.Contains(option) ? CliHelp.Source
            : _goal.All.Contains(option) ? CliHelp.Goal
            : option == Language || option == _json ? CliHelp.General
            : CliHelp.Own;

        public void AddServe(RootCommand root)
        {
            var port = new Option<int?>("--port") { HelpName = "N", Description = Say("Help.Port") };
            port.Validators.Add(result =>
            {
                if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 65535))
                {
                    result.AddError(Messages.Get("Cli.BadPort", _culture, ("value", result.Tokens[0].Value)));
                }
            });
            var address = new Option<string?>("--host") { HelpName = "H", Description = Say("Help.Host") };
            var noBrowser = new Option<bool>("--no-browser") { Description = Say("Help.NoBrowser") };
            var serve = new Command("serve", Say("Help.Serve"));
            foreach (var command in new[] { root, serve })
            {
                command.Options.Add(port);
                command.Options.Add(address);
                command.Options.Add(noBrowser);
                command.SetAction((parsed, ct) => _host.Serve(new ServeOptions(parsed.GetValue(port), parsed.GetValue(address), Browser: !parsed.GetValue(noBrowser)), ct));
            }

            root.Subcommands.Add(serve);
        }

        public Command Check() => Verb("check", CheckCommand.RunAsync);

        public Command Plan()
        {
            var sql = new Option<bool>("--sql") { Description = Say("Help.Sql") };
            var dryRun = new Option<bool>("--dry-run") { Description = Say("Help.DryRun") };
            var undoFile = new Option<string?>("--undo-file") { HelpName = "FILE", Description = Say("Help.UndoFile") };
            var command = Verb(
                "plan",
                (session, parsed, ct) => parsed.GetValue(sql)
                    ? _undo.Given(parsed.CommandResult)
                        ? ExportCommand.RunAsync(Beside(session), ExportFormat.Undo, _undo.Narrowed(parsed, session.Target.Endpoint.Database), ct)
                        : ExportCommand.RunScriptAsync(Beside(session), parsed.GetValue(undoFile), ct)
                    : PlanCommand.RunAsync(session, new(_undo.Request(parsed, session.Target.Endpoint.Database), parsed.GetValue(dryRun)), ct),
                result => result.GetValue(sql) && _planFile.Given(result),
                [sql, undoFile, .. _undo.All, dryRun, .. _planFile.All]);
            var inSession = command.Action;
            command.SetAction((parsed, ct) => parsed.GetValue(sql) && _planFile.Open(parsed, _host) is { } prepared
                ? ExportCommand.RunFileAsync(_host, prepared, _goal.Goal(parsed, prepared.File.Goal), _culture)
                : ((AsynchronousCommandLineAction)inSession!).InvokeAsync(parsed, ct));
            command.Validators.Add(result =>
            {
                _planFile.Validate(result, [.. _goal.Planned, _target.ProviderOption]);
                _undo.Validate(result);
                if (_undo.Given(result) && _planFile.Given(result))
                {
                    result.AddError(Say("Cli.PlanFileUndo"));
                }

                if (result.GetValue(sql) && _planFile.Given(result) && _target.Given(result))
                {
                    result.AddError(Say("Cli.PlanFileSql"));
                }

                if (result.GetResult(undoFile) is not null && (!result.GetValue(sql) || _undo.Given(result) || _planFile.Given(result)))
                {
                    result.AddError(Say("Cli.UndoFileNeedsSql"));
                }

                if (result.GetValue(sql) && (result.GetValue(_json) || result.GetValue(dryRun)))
                {
                    result.AddError(Say("Cli.SqlAlone"));
                }
            });
            return command;
        }

        public Command Apply()
        {
            var yes = new Option<bool>("--yes") { Description = Say("Help.Yes") };
            var dryRun = new Option<bool>("--dry-run") { Description = Say("Help.DryRun") };
            var command = Verb("apply", (session, parsed, ct) => ApplyCommand.RunAsync(session, new(parsed.GetValue(yes), _undo.Request(parsed, session.Target.Endpoint.Database), parsed.GetValue(dryRun)), ct), null, [yes, .. _undo.All, dryRun, .. _planFile.All]);
            command.Validators.Add(result =>
            {
                _planFile.Validate(result, [.. _goal.Planned, _target.ProviderOption]);
                _undo.Validate(result);
                if (_undo.Given(result) && _planFile.Given(result))
                {
                    result.AddError(Say("Cli.PlanFileUndo"));
                }

                if (!result.GetValue(yes) && !result.GetValue(dryRun) && (!_host.Interactive || result.GetValue(_json)))
                {
                    result.AddError(Say("Cli.YesNeeded"));
                }
            });
            return command;
        }

        public Command Verify()
        {
            var watch = new Option<int?>("--watch") { HelpName = "N", Arity = ArgumentArity.ZeroOrOne, Description = Say("Help.VerifyWatch") };
            watch.Validators.Add(result =>
            {
                if (result.Tokens.Count > 0 && (!int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds < 1 || seconds > FeedLimits.Duration.TotalSeconds))
                {
                    result.AddError(Messages.Get("Cli.BadWatch", _culture, ("value", result.Tokens[0].Value), ("limit", (int)FeedLimits.Duration.TotalSeconds)));
                }
            });
            return Verb(
                "verify",
                (session, parsed, ct) => VerifyCommand.RunAsync(
                    session,
                    parsed.GetResult(watch) is null ? null : parsed.GetValue(watch) is { } seconds ? TimeSpan.FromSeconds(seconds) : FeedLimits.Duration,
                    ct),
                null,
                watch);
        }

        public Command Watch()
        {
            var count = new Option<int?>("--count") { HelpName = "N", Description = Say("Help.Count") };
            var free = new Option<double?>("--free-disk") { HelpName = "GB", Description = Say("Help.FreeDisk") };
            foreach (var option in new Option[] { count, free })
            {
                option.Validators.Add(result =>
                {
                    if (result.Tokens.Count > 0 && !(double.TryParse(result.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 1e6))
                    {
                        result.AddError(Say("Cli.BadAmount", ("option", option.Name), ("value", result.Tokens[0].Value)));
                    }
                });
            }

            return Verb(
                "watch",
                (session, parsed, ct) => WatchCommand.RunAsync(
                    session,
                    new(parsed.GetValue(_json), parsed.GetValue(count), parsed.GetValue(free) is { } gigabytes ? (long)(gigabytes * 1024 * 1024 * 1024) : null),
                    ct),
                null,
                count,
                free);
        }

        public Command Export()
        {
            string[] words = [.. Enum.GetNames<ExportFormat>().Select(n => n.ToLowerInvariant()), ExportCommand.PlanWord];
            var format = new Option<string?>("--format") { HelpName = string.Join('|', words), Description = Say("Help.Format") };
            format.TakesOneOf(words, _culture);
            var command = new Command("export", Say("Help.Export"));
            _target.AddTo(command);
            _goal.AddTo(command);
            command.Options.Add(format);
            foreach (var option in _undo.Narrower)
            {
                command.Options.Add(option);
            }

            command.Validators.Add(result =>
            {
                if (result.GetResult(format) is null)
                {
                    result.AddError(Say("Cli.FormatMissing", ("known", string.Join(", ", words))));
                }
            });
            command.SetAction((parsed, ct) => InSessionAsync(
                parsed,
                Aside(),
                (session, stop) => parsed.GetValue(format) == ExportCommand.PlanWord
                    ? ExportCommand.RunPlanAsync(session, stop)
                    : parsed.GetValue(format)!.Equals(nameof(ExportFormat.Sql), StringComparison.OrdinalIgnoreCase) ? ExportCommand.RunScriptAsync(session, undoFile: null, stop)
                    : ExportCommand.RunAsync(session, Enum.Parse<ExportFormat>(parsed.GetValue(format)!, ignoreCase: true), _undo.Narrowed(parsed, session.Target.Endpoint.Database), stop),
                ct));
            return command;
        }

        public Command Guide()
        {
            var words = Enum.GetNames<CodeLanguage>().Append("Markdown").Select(n => n.ToLowerInvariant()).ToArray();
            var guide = new Option<string?>("--guide") { HelpName = "ID", Description = Say("Help.GuideId") };
            var language = new Option<string>("--language") { HelpName = string.Join('|', words), Description = Say("Help.GuideLanguage"), DefaultValueFactory = _ => "markdown" };
            language.TakesOneOf(words, _culture);
            var command = new Command("guide", Say("Help.Guide"));
            _target.AddTo(command);
            _goal.AddTo(command);
            command.Options.Add(guide);
            command.Options.Add(language);
            command.SetAction((parsed, ct) => InSessionAsync(
                parsed,
                Aside(),
                (session, stop) => GuideCommand.RunAsync(session, new(parsed.GetValue(guide), Enum.TryParse<CodeLanguage>(parsed.GetValue(language), ignoreCase: true, out var chosen) ? chosen : null), stop),
                ct));
            return command;
        }

        private Command Verb(string name, Func<CliSession, CancellationToken, Task<int>> run) => Verb(name, (session, _, ct) => run(session, ct), null);

        /// <summary>The session, whatever ends it, with everything but its document beside it.</summary>
        private CliSession Beside(CliSession session) => _underway.Session = session with { View = Aside() };

        /// <summary>Where the document itself goes to standard output, everything else goes to standard error.</summary>
        private TerminalView Aside() => new(_host with { Output = _host.Error, Colour = false }, _culture);

        private Command Verb(
            string name,
            Func<CliSession, ParseResult, CancellationToken, Task<int>> run,
            Func<CommandResult, bool>? withoutSource,
            params Option[] options)
        {
            var command = new Command(name, Say("Help." + char.ToUpperInvariant(name[0]) + name[1..]));
            _target.AddTo(command, withoutSource);
            _goal.AddTo(command);
            foreach (var option in options.Append(_json))
            {
                command.Options.Add(option);
            }

            command.SetAction((parsed, ct) => InSessionAsync(
                parsed,
                parsed.GetValue(_json) ? new JsonView(_host.Output, _culture, _underway.Lines) : new TerminalView(_host, _culture),
                (session, stop) => run(session, parsed, stop),
                ct));
            return command;
        }

        private async Task<int> InSessionAsync(ParseResult parsed, ICliView view, Func<CliSession, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
        {
            using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            using var signals = CliApp.CancelOnSignal(stopping);
            _underway.Stop = stopping.Token;
            var secrets = new Secrets(_host, _culture);
            var prepared = _planFile.Open(parsed, _host);
            var goal = prepared is null ? _goal.Goal(parsed, _target.Provider(parsed)) : _goal.Goal(parsed, prepared.File.Goal);

            // Reading a password cannot be cancelled: it is left behind when Ctrl+C comes first.
            var target = await Task.Run(() => _target.Target(parsed, secrets, _host.Variable), CancellationToken.None).WaitAsync(stopping.Token);

            // Both may have come at once.
            stopping.Token.ThrowIfCancellationRequested();
            await using var tunnel = SshTunnel.For(target.Endpoint, target.Credentials, TimeProvider.System);
            if (tunnel is not null)
            {
                target = target with { Tunnel = tunnel };
                goal = goal.Through(target.Endpoint);
            }

            // Here, too: afterwards the tunnel is closed, and what it knows of the end is gone.
            var session = new CliSession(_host, _culture, secrets, view, _host.Runner(), target, goal, _underway) { Prepared = prepared };
            _underway.Session = session;
            return await _underway.EndAsync(() => run(session, stopping.Token));
        }
    }
}
