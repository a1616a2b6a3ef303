using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;

namespace SetupWizard.Cli;

/// <summary>What is to be taken back.</summary>
internal sealed class UndoOptions
{
    private readonly CultureInfo _culture;
    private readonly Option<bool> _undo;
    private readonly Option<string?> _all;
    private readonly Option<bool> _idleSlots;

    /// <param name="culture">The language.</param>
    public UndoOptions(CultureInfo culture)
    {
        _culture = culture;
        _undo = new("--undo") { Description = Say("Help.Undo") };
        _all = new("--all") { HelpName = "DATABASE", Description = Say("Help.All") };
        _idleSlots = new("--ignore-idle-slots") { Description = Say("Help.IdleSlots") };
    }

    /// <summary>Those of a verb that takes back when it is told to.</summary>
    public IReadOnlyList<Option> All => [_undo, .. Narrower];

    /// <summary>Those that say what is meant.</summary>
    public IReadOnlyList<Option> Narrower => [_all, _idleSlots];

    public bool Given(CommandResult result) => result.GetValue(_undo);

    /// <summary>Refuses what makes no sense without an undo.</summary>
    public void Validate(CommandResult result)
    {
        foreach (var option in Narrower.Where(o => !result.GetValue(_undo) && result.GetResult(o) is not null))
        {
            result.AddError(Say("Cli.UndoAlone", ("option", option.Name)));
        }
    }

    /// <summary>What was asked for; null when nothing is to be taken back.</summary>
    /// <exception cref="UsageException">Everything of another database was asked for.</exception>
    public UndoRequest? Request(ParseResult parsed, string database) => parsed.GetValue(_undo) ? Narrowed(parsed, database) : null;

    /// <summary>The same for a verb that takes back whatever it is told.</summary>
    /// <exception cref="UsageException">Everything of another database was asked for.</exception>
    public UndoRequest Narrowed(ParseResult parsed, string database) =>
        parsed.GetValue(_all) is { } name && name != database
            ? throw new UsageException(Say("Cli.AllDatabase", ("value", name), ("database", database)))
            : new UndoRequest(parsed.GetValue(_all) is not null, parsed.GetValue(_idleSlots));

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);
}
