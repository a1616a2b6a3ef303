using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SetupWizard.Configuration;
using SetupWizard.Core.Model;
using SetupWizard.Sessions.Saved;
using SetupWizard.Sessions.Steps;
using SetupWizard.Web.Tests.Support;

namespace SetupWizard.Web.Tests.Sessions;

public sealed class SavedSetupStoreTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("setupwizard-test-").FullName;
    private readonly SavedSetupStore _store;

    public SavedSetupStoreTests() => _store = Store();

    private string Folder => Path.Combine(_data, "drafts");

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public async Task Draft_comes_back_as_it_was_saved()
    {
        var draft = Draft() with
        {
            Step = WizardStep.Tables,
            Provider = "amazon-rds",
            SshHost = "bastion.example",
            SshPort = 2222,
            SshUser = "jump",
            Tls = TlsMode.VerifyCa,
            Goal = new SetupGoal
            {
                Schemas = ["public", "odd \"S\""],
                Tables = [new TableRef("a", "주문 \"x\"")],
                Identities = [new IdentityChoice(new TableRef("a", "b"), IdentityKind.Index, "i"), new IdentityChoice(new TableRef("a", "log"), IdentityKind.Full, OnlyGrows: true)],
                Authentication = LoginMethod.Iam,
                Network = NetworkPath.Ssh,
                Region = "aws:eu-central-1",
            },
        };
        Assert.True(await _store.SaveAsync(draft, CancellationToken.None));

        var read = Assert.Single(Store().List()).Draft!;

        Assert.Equal(draft with { Goal = read.Goal }, read);
        Assert.Equal(draft.Goal.Schemas, read.Goal.Schemas);
        Assert.Equal(draft.Goal.Tables, read.Goal.Tables);
        Assert.Equal(draft.Goal.Identities, read.Goal.Identities);
        Assert.Equal((LoginMethod.Iam, NetworkPath.Ssh, "aws:eu-central-1"), (read.Goal.Authentication, read.Goal.Network, read.Goal.Region));
    }

    [Fact]
    public async Task Database_has_one_draft_and_its_file_is_its_owners_alone()
    {
        await _store.SaveAsync(Draft(), CancellationToken.None);
        await _store.SaveAsync(Draft() with { Host = "DB.example", Step = WizardStep.Verify }, CancellationToken.None);

        var file = Assert.Single(Directory.GetFileSystemEntries(Folder));
        Assert.Equal(WizardStep.Verify, Assert.Single(_store.List()).Draft!.Step);
        Assert.DoesNotContain("db.example", Path.GetFileName(file), StringComparison.OrdinalIgnoreCase);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Folder));
        }
    }

    [Fact]
    public async Task Oldest_draft_goes_when_there_are_too_many()
    {
        for (var i = 0; i < SavedSetupStore.Most + 2; i++)
        {
            await _store.SaveAsync(Draft() with { Database = "db" + i, SavedAt = Given.Noon.AddMinutes(i) }, CancellationToken.None);
        }

        var names = _store.List().Select(f => f.Draft!.Database).ToList();
        Assert.Equal(SavedSetupStore.Most, names.Count);
        Assert.Equal("db21", names[0]);
        Assert.DoesNotContain("db0", names);
        Assert.DoesNotContain("db1", names);
    }

    [Theory]
    [InlineData("{\"host\":\"h\",\"database\":\"d\"}")]
    [InlineData("{\"format\":0,\"host\":\"h\",\"database\":\"d\",\"colour\":{\"a\":[1]},\"goal\":{\"user\":\"u\",\"gone\":7}}")]
    [InlineData("{\"format\":1,\"step\":\"a step of long ago\",\"host\":\"h\",\"database\":\"d\",\"goal\":{}}")]
    [InlineData("{\"format\":1,\"step\":{\"a\":1},\"host\":\"h\",\"database\":\"d\",\"goal\":{}}")]
    public void File_of_an_older_version_is_read_as_far_as_it_goes(string json)
    {
        Write("old", json);

        var draft = Assert.Single(_store.List()).Draft!;

        Assert.Equal(("h", "d", SourceEndpoint.DefaultPort, WizardStep.Connect), (draft.Host, draft.Database, draft.Port, draft.Step));
        Assert.Equal(SetupGoal.DefaultPublication, draft.Goal.Publication);
    }

    /// <summary>What was chosen before it was asked about has nobody's consent.</summary>
    [Fact]
    public void Whole_row_chosen_in_an_older_version_has_no_consent()
    {
        Write("old", "{\"format\":1,\"host\":\"h\",\"database\":\"d\",\"goal\":{\"identities\":[{\"table\":{\"schema\":\"a\",\"name\":\"log\"},\"kind\":\"full\",\"index\":null}]}}");

        Assert.Equal([new IdentityChoice(new TableRef("a", "log"), IdentityKind.Full)], Assert.Single(_store.List()).Draft!.Goal.Identities);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("\0\0\0\0")]
    [InlineData("{\"format\":\"x\",\"host\":1}")]
    [InlineData("{\"format\":1,\"host\":\"h\",\"database\":\"d\",\"port\":70000}")]
    [InlineData("{\"format\":1,\"host\":\"h\",\"database\":\"d\",\"goal\":null}")]
    [InlineData("{\"format\":1,\"host\":\"h\",\"database\":\"d\",\"goal\":{\"schemas\":null}}")]
    [InlineData("{\"format\":1,\"host\":\"h\",\"database\":\"d\",\"goal\":{\"schemas\":[null]}}")]
    [InlineData("{\"format\":1,\"host\":\"h\",\"database\":\"d\",\"goal\":{\"tables\":[{}]}}")]
    [InlineData("{\"format\":1,\"host\":\"h\",\"database\":\"d\",\"goal\":{\"network\":\"pigeon\"}}")]
    public void Damaged_file_is_listed_and_can_be_deleted(string json)
    {
        Write("bad", json);

        var file = Assert.Single(_store.List());

        Assert.Null(file.Draft);
        Assert.False(file.Newer);
        _store.Delete(file);
        Assert.Empty(_store.List());
    }

    [Fact]
    public async Task File_of_a_newer_version_is_neither_overwritten_nor_deleted()
    {
        await _store.SaveAsync(Draft(), CancellationToken.None);
        var path = Assert.Single(Directory.GetFiles(Folder));
        const string newer = "{\"format\":2,\"host\":{\"name\":\"db.example\"}}";
        await File.WriteAllTextAsync(path, newer);

        var file = Assert.Single(_store.List());
        Assert.True(file.Newer);
        Assert.False(await _store.SaveAsync(Draft(), CancellationToken.None));
        _store.Delete(file);

        Assert.Equal(newer, await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Place_that_cannot_be_written_costs_the_draft_and_nothing_else()
    {
        await File.WriteAllTextAsync(Folder, "a file where the folder should be");

        Assert.False(await _store.SaveAsync(Draft(), CancellationToken.None));
        Assert.Empty(_store.List());
    }

    [Fact]
    public void Name_that_leads_out_of_the_folder_deletes_nothing_there()
    {
        var outside = Path.Combine(_data, "outside");
        File.WriteAllText(outside, "x");
        _store.Delete(new DraftFile("../outside", Given.Noon));
        Assert.True(File.Exists(outside));
    }

    private static SavedSetup Draft() => new() { SavedAt = Given.Noon, Host = "db.example", Database = "shop", User = "admin" };

    private SavedSetupStore Store() => new(Options.Create(new WizardOptions { DataDirectory = _data }), NullLogger<SavedSetupStore>.Instance);

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(Path.Combine(Folder, name + ".draft.json"), text);
    }
}
