using System.Collections;
using System.Globalization;
using System.Resources;
using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Text;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Text;

public sealed class ConnectTextTests
{
    private static readonly string[] s_parts = ["Title", "Why", "Consequence", "Fix"];

    private static readonly string[] s_proposals = ["use-direct-host", "turn-tls-on", "turn-tls-off", "encrypt-only", "use-database", "trust-host-key"];

    private static readonly string[] s_remarks =
    [
        "hostaddr", "jdbc-localhost", "placeholder-password", "unused", "unknown-names", "nameless", "rest", "twice-port", "twice-database", "twice-user", "twice-password",
        "several", "inside", "tls-open", "client-certificate", "ca-file",
    ];

    [Theory]
    [InlineData("en")]
    [InlineData("ko")]
    public void Every_case_stage_and_way_out_has_words_and_no_word_is_left_over(string culture)
    {
        var needed = ConnectionFailure.Cases.SelectMany(c => s_parts.Select(p => $"SW101.{c}.{p}"))
            .Concat(Enum.GetNames<ConnectStage>().Select(s => "Stage." + s))
            .Concat(s_proposals.Select(p => "Proposal." + p))
            .Concat(s_remarks.Select(r => "Remark." + r))
            .Append("SW101.Name")
            .Append("SW101.Ok")
            .Order(StringComparer.Ordinal);

        using var words = new ResourceManager("SetupWizard.Core.Text.Connecting", typeof(Messages).Assembly)
            .GetResourceSet(culture == "en" ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(culture), createIfNotExists: true, tryParents: false)!;
        var keys = words.Cast<DictionaryEntry>().Select(e => (string)e.Key).Where(k => !k.StartsWith("Field.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

        Assert.Equal(needed, keys);
    }

    [Fact]
    public void A_way_out_names_the_endpoint_it_leads_to()
    {
        var endpoint = new SourceEndpoint { Host = "db.example.com", Port = 15432, Database = "Sales" };
        var english = CultureInfo.GetCultureInfo("en");

        Assert.Equal("Use db.example.com, port 15432", ConnectText.For(new EndpointProposal("use-direct-host", endpoint), english));
        Assert.Equal("Use database Sales", ConnectText.For(new EndpointProposal("use-database", endpoint), english));
        Assert.Equal("Start TLS", ConnectText.For(ConnectStage.Tls, english));
    }
}
