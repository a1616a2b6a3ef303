using SetupWizard.Core.Model;

namespace SetupWizard.Core.Requirements.Connect;

/// <summary>
/// SW503: ClickPipes trusts whoever signed the server's certificate, or gets the certificate authority's file along.
/// </summary>
public sealed class CertificateAuthority : IRequirement
{
    /// <inheritdoc/>
    public RequirementId Id => RequirementId.CertificateAuthority;

    /// <inheritdoc/>
    public Area Area => Area.Connect;

    /// <inheritdoc/>
    public IReadOnlyList<string> Cases { get; } = ["bundle", "own", Verdicts.NotApplicableCase];

    /// <inheritdoc/>
    public IEnumerable<Finding> Evaluate(RequirementContext context)
    {
        var bundle = context.Provider.CertificateBundle;
        var issuer = context.Snapshot.CertificateIssuer;
        var given = context.Endpoint.CaCertificatePem is not null;
        (string, object?)[] arguments =
        [
            ("host", context.Endpoint.Host),
            ("issuer", issuer),
            ("provider", context.Provider.Name),
            ("file", bundle?.File),
            ("address", bundle?.Address.ToString()),
        ];
        var unverified = context.Endpoint.Tls is TlsMode.Require or TlsMode.Disable;
        var finding = issuer is null || (unverified && bundle is null) ? this.NotApplicable(arguments)
            : bundle is not null && (given || unverified || issuer.Contains(bundle.Issuer, StringComparison.OrdinalIgnoreCase)) ? this.Finding(FindingState.Advice, "bundle", arguments)
            : given ? this.Finding(FindingState.Advice, "own", arguments)
            : this.Satisfied(arguments);
        yield return finding with
        {
            Actual = issuer ?? "",
            Evidence = issuer is null ? [] : [new Evidence("issuer", issuer)],
        };
    }
}
