using System.CommandLine;
using System.Globalization;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Cli;

/// <summary>A plan file that was opened, and whether what differs from it may be applied.</summary>
/// <param name="File">The file.</param>
/// <param name="Signer">The fingerprint of the key that signed it.</param>
/// <param name="AcceptDifferences">Apply what the server needs now, whatever the file says.</param>
internal sealed record OpenedPlan(PlanFile File, string Signer, bool AcceptDifferences);

/// <summary>The options about a plan that somebody else prepared.</summary>
internal sealed class PlanFileOptions
{
    private readonly CultureInfo _culture;
    private readonly Option<string?> _file;
    private readonly Option<string?> _trust;
    private readonly Option<bool> _accept;

    public PlanFileOptions(CultureInfo culture)
    {
        _culture = culture;
        _file = new("--plan") { HelpName = "FILE", Description = Say("Help.PlanFile") };
        _trust = new("--trust-key") { HelpName = "SHA256:…", Description = Say("Help.TrustKey") };
        _accept = new("--accept-differences") { Description = Say("Help.AcceptDifferences") };
    }

    /// <summary>The options, to be added to a verb that plans.</summary>
    public IEnumerable<Option> All => [_file, _trust, _accept];

    public bool Given(System.CommandLine.Parsing.CommandResult result) => result.GetValue(_file) is not null;

    /// <summary>The file named on the command line; null when none is, or the verb takes none.</summary>
    /// <exception cref="UsageException">It cannot be read, was changed, or nobody here agreed to its key.</exception>
    public OpenedPlan? Open(ParseResult parsed, CliHost host)
    {
        if (!parsed.CommandResult.Command.Options.Contains(_file) || parsed.GetValue(_file) is not { } path)
        {
            return null;
        }

        var document = Read(path);
        var reading = PlanFileFormat.Read(document);
        if (reading is not { File: { } file, Signer: { } signer })
        {
            var said = FindingText.For(reading.Problem!, _culture);
            throw new UsageException("--plan " + path + ": " + string.Join(' ', said.Title, said.Why, said.Consequence, said.Fix));
        }

        var since = Agree(parsed, host.Keys(), path, signer);
        host.Error.WriteLine(since is { } known
            ? Say("Cli.PlanFileSigned", ("key", signer), ("since", known.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture)))
            : Say("Cli.PlanFileTrusted", ("key", signer)));
        return new OpenedPlan(file, signer, parsed.GetValue(_accept));
    }

    /// <summary>Since when the key is known; null when it is from now on.</summary>
    private DateTimeOffset? Agree(ParseResult parsed, PlanKeys keys, string path, string signer)
    {
        try
        {
            var since = keys.KnownSince(signer);
            if (since is null && parsed.GetValue(_trust) != signer)
            {
                throw new UsageException(Say("Cli.PlanFileUnknownKey", ("file", path), ("key", signer)));
            }

            if (since is null)
            {
                keys.Trust(signer);
            }

            return since;
        }
        catch (IOException e)
        {
            throw new UsageException(PlanKeyTrouble.Say(e, _culture));
        }
    }

    /// <summary>Complains about options that have no say.</summary>
    /// <param name="result">The verb.</param>
    /// <param name="elsewhere">Options about what is wanted: the file says that.</param>
    public void Validate(System.CommandLine.Parsing.CommandResult result, IEnumerable<Option> elsewhere)
    {
        if (Given(result))
        {
            if (elsewhere.FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } option)
            {
                result.AddError(Say("Cli.PlanFileGoal", ("option", option.Name)));
            }
        }
        else if (new Option[] { _trust, _accept }.FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } lonely)
        {
            result.AddError(Say("Cli.PlanFileNeeded", ("option", lonely.Name)));
        }
    }

    /// <summary>Reads at most one byte more than a plan may have, so that an endless file (a pipe, /dev/zero) is refused.</summary>
    private byte[] Read(string path)
    {
        if (path.Length == 0 || Directory.Exists(path))
        {
            throw new UsageException(Say("Cli.PlanFileMissing", ("file", path), ("why", Say("Cli.NoFile"))));
        }

        try
        {
            using var stream = File.OpenRead(path);
            var buffer = new byte[PlanFileFormat.MostBytes + 1];
            return buffer[..stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false)];
        }
        catch (FileNotFoundException)
        {
            throw new UsageException(Say("Cli.PlanFileMissing", ("file", path), ("why", Say("Cli.NoFile"))));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException(Say("Cli.PlanFileMissing", ("file", path), ("why", e.Message)));
        }
    }

    private string Say(string key, params (string Name, object? Value)[] arguments) => Messages.Get(key, _culture, arguments);
}
