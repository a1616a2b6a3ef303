using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SetupWizard.Configuration;
using SetupWizard.Core.Audit;
using SetupWizard.Core.Engine;
using SetupWizard.Core.Export;
using SetupWizard.Core.HandOff;
using SetupWizard.Core.Model;
using SetupWizard.Core.Sql;
using SetupWizard.Endpoints;
using SetupWizard.Sessions;
using SetupWizard.Sessions.Runs;
using SetupWizard.Sessions.Sandboxes;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Cli;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Host;

/// <summary>A file is the same file, whether the browser or the command line asks for it.</summary>
public sealed class DownloadTests : IAsyncLifetime
{
    private readonly string _data = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;
    private readonly CookieContainer _cookies = new();
    private FakeSetupRunner _runner = null!;
    private SetupWizardApp _app = null!;
    private HttpClient _client = null!;
    private WizardSession _session = null!;

    public static TheoryData<ExportFormat> Formats => [.. Enum.GetValues<ExportFormat>()];

    public async Task InitializeAsync()
    {
        _runner = new FakeSetupRunner
        {
            Inspection = Given.Inspection([.. Given.ToFix(WizardStep.Access), Given.Finding(RequirementId.WalLevel, Area.Replication, FindingState.Blocking, "replica", Given.Console())]),
            Undo = new SetupPlan { Goal = new SetupGoal(), Provider = "amazon-rds", Fingerprint = "u", Undo = UndoRequest.OfGoal, Changes = [Given.Sql("DROP USER x")] },
            Applied =
            [
                new AuditEntry { At = Given.Noon, Run = "r", Index = 0, Event = AuditEvent.InEffect, Source = "s", Login = "shop_admin", Code = "SW301", Kind = "create-user", Phase = "User", Sql = "CREATE USER x" },
            ],
        };
        _app = SetupWizardApp.Build(
            new WizardOptions { Port = 0, DataDirectory = _data },
            builder =>
            {
                builder.Services.AddSingleton<ISetupRunner>(_runner);
                builder.Services.AddSingleton<ISandboxLauncher>(new FakeSandboxLauncher());
            });
        await _app.StartAsync(CancellationToken.None);
        _client = Client();
        await _client.GetAsync(_app.EntryUrl());
        await _client.GetAsync("/");
        var id = _cookies.GetCookies(new Uri(_app.Address)).Single(c => c.Name.StartsWith("setupwizard-session-", StringComparison.Ordinal)).Value[..64];
        _session = _app.Services.GetRequiredService<WizardSessionStore>().Get(id);
        await _session.ConnectAsync(new SourceEndpoint { Host = "db.example", Database = "shop" }, "admin", new SecretString("s3cret"));
        await _session.LoadUndoPlanAsync(UndoRequest.OfGoal, CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        Directory.Delete(_data, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public async Task Download_and_command_line_give_the_same_bytes(ExportFormat format)
    {
        var name = format.ToString().ToLowerInvariant();
        foreach (var language in new[] { "en", "ko" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Downloads.PathOf(format, _session));
            request.Headers.AcceptLanguage.ParseAdd(language);

            var download = await (await _client.SendAsync(request)).Content.ReadAsByteArrayAsync();
            var export = await CliRun.RunAsync(_runner, $"export --format {name} --lang {language} --url URL");

            Assert.Equal(0, export.Code);
            Assert.NotEmpty(download);
            Assert.Equal(Encoding.UTF8.GetBytes(export.Output), download);
        }
    }

    [Fact]
    public async Task Script_of_an_open_plan_file_is_the_command_line_s_and_there_is_none_before_its_key_is_agreed_to()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var plan = new SetupPlan { Goal = new SetupGoal(), Provider = "self-managed", Fingerprint = "f", Changes = [ScriptedRunner.CreateUser, ScriptedRunner.CreatePublication] };
        var document = PlanFileFormat.Write(PlanFile.Of(Given.Inspection(), plan, Given.Noon, CultureInfo.InvariantCulture), key);
        var reading = PlanFileFormat.Read(Encoding.UTF8.GetBytes(document));
        var path = Path.Combine(_data, "shop" + PlanFileFormat.Extension);
        await File.WriteAllTextAsync(path, document);
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(Downloads.PlanScriptOf(_session))).StatusCode);
        await _session.OpenPlanAsync(new PreparedPlan(reading.File!, reading.Signer!, null));
        Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(Downloads.PlanScriptOf(_session))).StatusCode);
        await _session.OpenPlanAsync(new PreparedPlan(reading.File!, reading.Signer!, Given.Noon));
        foreach (var language in new[] { "en", "ko" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, Downloads.PlanScriptOf(_session));
            request.Headers.AcceptLanguage.ParseAdd(language);

            var answer = await _client.SendAsync(request);
            var script = await CliRun.RunAsync(_runner, $"plan --plan {path} --sql --trust-key {reading.Signer} --lang {language}");

            Assert.Equal(0, script.Code);
            Assert.Equal("shop.clickpipes-setup.sql", answer.Content.Headers.ContentDisposition!.FileName);
            Assert.Equal(Encoding.UTF8.GetBytes(script.Output), await answer.Content.ReadAsByteArrayAsync());
        }
    }

    [Fact]
    public async Task Plan_that_is_downloaded_has_the_note_and_counts_as_handed_over()
    {
        _runner.Inspection = Given.Inspection(Given.Finding(RequirementId.User, Area.Access, FindingState.Blocking, "missing", ScriptedRunner.CreateUser with { RunBy = "boss" }));
        await _session.InspectAsync();
        Assert.True(_session.TakeHandOffNote("Min-ji"));
        Assert.Null(_session.State.HandedOverOf(_session.WholePlan));

        var file = PlanFileFormat.Read(await _client.GetByteArrayAsync(Downloads.PlanOf(_session))).File!;

        Assert.Equal("Min-ji", file.Note);
        Assert.NotNull(_session.State.HandedOverOf(_session.WholePlan));
    }

    [Theory]
    [InlineData("")]
    [InlineData("?ticket=")]
    [InlineData("?ticket=0123456789abcdef0123456789abcdef")]
    public async Task Cookie_alone_downloads_nothing(string query)
    {
        foreach (var path in new[] { "/downloads/json", "/downloads/setup-plan", "/downloads/plan-script" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await _client.GetAsync(path + query)).StatusCode);
        }
    }

    [Fact]
    public async Task Only_reports_read_columns()
    {
        await _client.GetAsync(Downloads.PathOf(ExportFormat.Terraform, _session));
        await _client.GetAsync(Downloads.PathOf(ExportFormat.Sql, _session));
        Assert.Equal(0, _runner.ColumnReadings);

        var report = await _client.GetStringAsync(Downloads.PathOf(ExportFormat.Markdown, _session));

        Assert.Equal(1, _runner.ColumnReadings);
        Assert.Contains("| `id` | `bigint` | `Int64` |", report, StringComparison.Ordinal);
        Assert.Contains("CREATE USER x;", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_of_a_source_whose_columns_cannot_be_read_is_still_a_report()
    {
        _runner.Columns = _ => new Core.Model.ColumnReading([], Given.Finding(RequirementId.Reachable, Area.Connect, FindingState.Blocking, "refused"));

        var report = await _client.GetStringAsync(Downloads.PathOf(ExportFormat.Markdown, _session));

        Assert.Contains("public.orders", report, StringComparison.Ordinal);
        Assert.DoesNotContain("### ", report, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "The keys of this installation cannot be read or written.", "plan-key.pem in the data directory", "No plan file can be signed", "See that the data directory")]
    [InlineData("ko", "이 설치의 키를 읽거나 쓸 수 없습니다.", "plan-key.pem 파일이 손상되었거나", "서명하거나 동의할 수 없습니다", "데이터 디렉터리가 있고")]
    public async Task Plan_that_cannot_be_signed_is_told_in_four_parts(string language, params string[] parts)
    {
        await File.WriteAllTextAsync(Path.Combine(_data, "plan-key.pem"), "no key at all");
        using var request = new HttpRequestMessage(HttpMethod.Get, Downloads.PlanOf(_session));
        request.Headers.AcceptLanguage.ParseAdd(language);

        var answer = await _client.SendAsync(request);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("text/html", answer.Content.Headers.ContentType!.MediaType);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.All(parts, part => Assert.Contains(part, page, StringComparison.Ordinal));
        Assert.DoesNotContain("PEM-encoded", page, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", page, StringComparison.Ordinal);
        File.Delete(Path.Combine(_data, "plan-key.pem"));
        Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync(Downloads.PlanOf(_session))).StatusCode);
    }

    private HttpClient Client() => new(new SocketsHttpHandler { CookieContainer = _cookies }) { BaseAddress = new Uri(_app.Address) };
}
