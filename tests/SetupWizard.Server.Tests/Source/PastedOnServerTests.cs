using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Sandbox;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Source;

/// <summary>What is pasted leads to the server that it means, as the user it means.</summary>
[Collection(SandboxFixture.Collection)]
public sealed class PastedOnServerTests(SandboxFixture sandboxes)
{
    [Theory]
    [InlineData("host=«H» hostaddr=127.0.0.1 port=«P» dbname=shop user=«U» password=«W» sslmode=verify-full", TlsMode.VerifyFull)]
    [InlineData("postgresql://«U»:«W»@«H»:«P»/shop?hostaddr=127.0.0.1&sslmode=verify-full", TlsMode.VerifyFull)]
    [InlineData("jdbc:postgresql:shop?user=«U»&password=«W»", TlsMode.VerifyFull)]
    [InlineData("jdbc:aws-wrapper:postgresql://«H»:«P»/shop?user=«U»&password=«W»&wrapperPlugins=failover", TlsMode.VerifyFull)]
    [InlineData("r2dbc:pool:postgresql://«U»:«W»@«H»:«P»/shop", TlsMode.VerifyFull)]
    [InlineData("PGPASSWORD=«W» psql -XAtqh «H» -p «P» -U«U» -dshop", TlsMode.VerifyFull)]
    [InlineData("postgres://«U»:«W»@«H»:«P»/shop;", TlsMode.VerifyFull)]
    [InlineData("postgresql+psycopg2://«U»:«W»@«H»:«P»/shop", TlsMode.VerifyFull)]
    [InlineData("postgis://«U»:«W»@«H»:«P»/shop", TlsMode.VerifyFull)]
    [InlineData("export DATABASE_URL=\"postgres://«U»:«W»@«H»:«P»/shop\"", TlsMode.VerifyFull)]
    [InlineData("spring.datasource.url=jdbc:postgresql://«H»:«P»/shop\nspring.datasource.username=«U»\nspring.datasource.password=«W»", TlsMode.VerifyFull)]
    [InlineData("export PGHOST=«H»\nexport PGPORT=«P»\nexport PGDATABASE=shop\nexport PGUSER=«U»\nexport PGPASSWORD=«W»", TlsMode.VerifyFull)]
    [InlineData("psycopg2.connect(host=\"«H»\", port=«P», dbname='shop', user='«U»', password='«W»')", TlsMode.VerifyFull)]
    [InlineData("const client = new pg.Client('postgres://«U»:«W»@«H»:«P»/shop');", TlsMode.VerifyFull)]
    [InlineData("pg_dump -Fc -h «H» -p «P» -U «U» -t public.orders shop > shop.dump", TlsMode.VerifyFull)]
    [InlineData("docker run --rm -it -e PGPASSWORD=«W» postgres:16 psql -h «H» -p «P» -U «U» shop", TlsMode.VerifyFull)]
    [InlineData("{\"username\":\"«U»\",\"password\":\"«W»\",\"engine\":\"postgres\",\"host\":\"«H»\",\"port\":«P»,\"dbname\":\"shop\"}", TlsMode.VerifyFull)]
    [InlineData("Server=tcp:«H»,«P»;Database=shop;User Id=«U»;Password=«W»", TlsMode.VerifyFull)]
    [InlineData("postgresql://«U»:[YOUR-PASSWORD]@«H»:«P»/shop", TlsMode.VerifyFull)]
    [InlineData("jdbc:postgresql://«H»:«P»/shop?user=«U»&password=«W»&ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory", TlsMode.Require)]
    [InlineData("postgres://«U»:«W»@«H»:«P»/shop?sslmode=no-verify", TlsMode.Require)]
    public async Task What_is_pasted_leads_to_the_server_it_means(string text, TlsMode tls)
    {
        var sandbox = await sandboxes.SharedAsync(SandboxProfile.Plain, 15);
        var pasted = text.Replace("«H»", sandbox.Host, StringComparison.Ordinal)
            .Replace("«P»", sandbox.Port.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal)
            .Replace("«U»", sandbox.AdminUser, StringComparison.Ordinal)
            .Replace("«W»", sandbox.AdminPassword, StringComparison.Ordinal);

        var parsed = ConnectionStringParser.Parse(pasted);
        var endpoint = parsed.ToEndpoint();

        // What it does not say is asked for: the password that a mark stands for, or a port that is not the usual one.
        Assert.NotNull(endpoint);
        var target = new SetupTarget(
            endpoint with { Port = parsed.Port ?? sandbox.Port, CaCertificatePem = await File.ReadAllTextAsync(sandbox.CaCertificatePath) },
            new SourceCredentials(parsed.User ?? "", parsed.Password ?? new SecretString(sandbox.AdminPassword)));
        using var engine = new EngineHarness(sandbox);
        var inspection = await engine.Runner.InspectAsync(target, new SetupGoal(), CancellationToken.None);

        Assert.NotNull(inspection.Snapshot);
        Assert.Equal((sandbox.AdminUser, "shop"), (inspection.Snapshot.Server.CurrentUser, inspection.Snapshot.Server.Database));
        Assert.Equal(tls, endpoint.Tls);
        Assert.Equal(tls == TlsMode.Require, inspection.Findings.Any(static f => f.Id == RequirementId.Tls && f.Case == "not-verified"));
    }
}
