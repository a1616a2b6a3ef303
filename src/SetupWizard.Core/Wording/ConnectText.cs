using System.Globalization;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Text;

namespace SetupWizard.Core.Wording;

/// <summary>The words of a connection: stages, ways out, problems of a field, remarks on a pasted text. Keys: <c>Stage.{stage}</c>, <c>Proposal.{key}</c>, <c>Field.{field}.{key}</c>, <c>Remark.{key}</c>.</summary>
public static class ConnectText
{
    /// <summary>A stage in a few words: "Start TLS".</summary>
    public static string For(ConnectStage stage, CultureInfo culture) => Messages.Get("Stage." + stage, culture);

    /// <summary>The label of a button that tries another endpoint.</summary>
    public static string For(EndpointProposal proposal, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(proposal);
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["host"] = proposal.Endpoint.Host,
            ["port"] = proposal.Endpoint.Port.ToString(CultureInfo.InvariantCulture),
            ["database"] = proposal.Endpoint.Database,
            ["fingerprint"] = proposal.Endpoint.Ssh?.HostKey,
        };
        return Messages.Get("Proposal." + proposal.Key, culture, arguments);
    }

    /// <summary>What is wrong with a typed or pasted value.</summary>
    public static string For(FieldProblem problem, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(problem);
        return Messages.Get("Field." + problem.Field + "." + problem.Key, culture);
    }

    /// <summary>What of a pasted text was not used, or was understood in a way somebody should know of.</summary>
    public static string For(ConnectionRemark remark, CultureInfo culture)
    {
        ArgumentNullException.ThrowIfNull(remark);
        return Messages.Get("Remark." + remark.Key, culture, ("value", remark.Value));
    }
}
