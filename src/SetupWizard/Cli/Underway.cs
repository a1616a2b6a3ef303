using System.Globalization;
using System.Text.RegularExpressions;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Model;
using SetupWizard.Core.Requirements;
using SetupWizard.Core.Sql;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>
/// One call of the command line while it is under way, and what is known of the source so far. The one place where whatever ends a verb becomes its report: where a program
/// reads it, always one object.
/// </summary>
internal sealed partial class Underway
{
    private readonly CultureInfo _culture;
    private readonly bool _json;

    /// <param name="args">The arguments: what is wrong with them is told in the form they ask for.</param>
    /// <param name="host">Where things are said.</param>
    /// <param name="culture">In which language.</param>
    public Underway(IReadOnlyList<string> args, CliHost host, CultureInfo culture)
    {
        (Host, _culture) = (host, culture);
        _json = args.Contains("--json");

        // What comes in lines ends with a line.
        Lines = args.Contains("watch") || args.Any(static a => a == "--watch" || a.StartsWith("--watch=", StringComparison.Ordinal));
    }

    public CliHost Host { get; }

    /// <summary>Whether the report is one line among lines.</summary>
    public bool Lines { get; }

    /// <summary>Whether the verb applies: then what ends it has kept it from finishing.</summary>
    public bool Applying { get; set; }

    /// <summary>Cancelled by whoever asked the verb to end.</summary>
    public CancellationToken Stop { get; set; }

    /// <summary>The session, once the source is known.</summary>
    public CliSession? Session { get; set; }

    /// <summary>The last reading.</summary>
    public Inspection? Inspection { get; set; }

    public SetupPlan? Plan { get; set; }

    public ApplyRecord? Run { get; set; }

    /// <summary>The stages of the proof so far.</summary>
    public IEnumerable<ProofEvent> Proof { get; set; } = [];

    /// <summary>Whether the report was given: there is one, whatever happens after it.</summary>
    public bool Told { get; set; }

    private int Broken => Applying ? ExitCode.Blocked : ExitCode.Undetermined;

    /// <summary>Runs work; its end is the report, in whatever way it ends.</summary>
    public async Task<int> EndAsync(Func<Task<int>> work)
    {
        try
        {
            return await work();
        }
        catch (UsageException e)
        {
            Host.Error.WriteLine(e.Message);
            return Tell("usage", ExitCode.Usage, ("reason", string.Join(' ', e.Message.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))));
        }
        catch (Exception e) when (e is OperationCanceledException || Stop.IsCancellationRequested)
        {
            // A prompt may still stand on the line.
            Host.Error.WriteLine((Host.Interactive ? Environment.NewLine : "") + Messages.Get("Cli.Cancelled", _culture));
            return Tell("cancelled", Broken);
        }
        catch (Exception e) when (Session is not null && ConnectionErrors.IsExpected(e))
        {
            return Fail(Session!, ConnectionDiagnosis.Classify(e, Session!.Target));
        }
        catch (Exception e)
        {
            var said = FindingText.For(new Problem("unexpected", new Dictionary<string, object?>(StringComparer.Ordinal)), _culture);
            Host.Error.WriteLine(string.Join(' ', said.Title, said.Why, said.Consequence, said.Fix));
            Host.Error.WriteLine(Messages.Get("Cli.Unexpected", _culture, ("why", Describe(e))));
            return Tell("unexpected", Broken);
        }
    }

    /// <summary>The code of a call whose output could not be written, which is said beside it.</summary>
    public int Unwritten(string reason, int code)
    {
        var said = FindingText.For(new Problem("output-unwritable", new Dictionary<string, object?>(StringComparer.Ordinal) { ["reason"] = reason }), _culture);
        Host.Error.WriteLine(string.Join(' ', said.Title, said.Why, said.Consequence, said.Fix));
        return code == ExitCode.Ready ? ExitCode.Undetermined : code;
    }

    /// <summary>The source was lost: the report is that of a source that cannot be read, with what was done before.</summary>
    private int Fail(CliSession session, Finding failure)
    {
        var code = Run is null ? ExitCode.Undetermined : ExitCode.Blocked;
        if (!Told)
        {
            session.End(Report(SetupRunner.Unread(session.Target, session.Goal, failure), code));
        }

        return code;
    }

    /// <summary>Tells whoever reads JSON; everybody else was told beside it.</summary>
    private int Tell(string key, int code, params (string Name, object? Value)[] arguments)
    {
        if (_json && !Told)
        {
            Told = true;
            var target = Session?.Target ?? new SetupTarget(new SourceEndpoint { Host = "", Database = "" }, new SourceCredentials("", null));
            var problem = new Problem(key, arguments.ToDictionary(static a => a.Name, static a => a.Value, StringComparer.Ordinal));
            var inspection = Inspection ?? SetupRunner.Unread(target, Session?.Goal ?? new SetupGoal(), failure: null);
            var view = Session?.View as JsonView ?? new JsonView(Host.Output, _culture, Lines);
            view.End(Report(inspection, code) with { Refusal = problem });
        }

        return code;
    }

    private CliReport Report(Inspection inspection, int code) => new(inspection) { Plan = Plan, Run = Run, Proof = [.. Proof], ExitCode = code, Broken = true };

    /// <summary>The message and the stack frame, for a bug report; the exception's type is left out, and passwords are masked.</summary>
    private string Describe(Exception exception)
    {
        var place = exception.StackTrace?.Split('\n').Select(static l => l.Trim()).FirstOrDefault(static l => l.Contains("SetupWizard.", StringComparison.Ordinal) && !Kind().IsMatch(l));
        var message = Kind().Replace(exception.Message, "…");
        if (Session?.Target.Credentials is { } credentials)
        {
            foreach (var secret in new[] { credentials.AdminPassword, credentials.ClickPipesPassword }.Where(static s => s is { IsEmpty: false }))
            {
                message = message.Replace(secret!.Reveal(), SecretString.Mask, StringComparison.Ordinal);
            }
        }

        return place is null ? message : message + " (" + place + ")";
    }

    [GeneratedRegex(@"[\w.]*\w+Exception\b", RegexOptions.CultureInvariant)]
    private static partial Regex Kind();
}
