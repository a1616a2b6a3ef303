namespace SetupWizard.Web.Tests.Documents;

/// <summary>What the files for Docker know of the repository. Nobody builds an image after every change.</summary>
public sealed class ContainerTests
{
    private static readonly string[] s_dockerfile = File.ReadAllLines(Path.Combine(Repository.Top, "Dockerfile"));

    /// <summary>Packages are restored before the sources are there, so everything that names one has to be there by then.</summary>
    [Fact]
    public void Restore_has_every_file_that_says_what_is_restored()
    {
        var copied = s_dockerfile.TakeWhile(static l => !l.StartsWith("RUN dotnet restore", StringComparison.Ordinal)).Where(static l => l.StartsWith("COPY ", StringComparison.Ordinal)).SelectMany(static l => l.Split(' ')).ToList();
        var needed = Directory.GetFiles(Path.Combine(Repository.Top, "src"), "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.GetFiles(Repository.Top, "*.props"))
            .Append(Path.Combine(Repository.Top, "global.json"))
            .Select(static f => Path.GetRelativePath(Repository.Top, f).Replace('\\', '/'));

        Assert.All(needed, file => Assert.Contains(file, copied));
        Assert.Contains("build", copied);
    }

    [Fact]
    public void Image_has_no_key_of_its_own_and_a_data_directory_for_every_user_of_group_0()
    {
        var text = string.Join('\n', s_dockerfile);

        Assert.Contains("create_main_cluster = false", text, StringComparison.Ordinal);
        Assert.Contains("/etc/ssl/private/ssl-cert-snakeoil.key", text, StringComparison.Ordinal);
        Assert.Contains("chown \"$APP_UID:0\" /data && chmod 2770 /data", text, StringComparison.Ordinal);
    }

    /// <summary>A file that only its owner may read stays that when it is mounted.</summary>
    [Fact]
    public void Sample_is_read_by_root_and_not_by_the_user_of_the_image()
    {
        var compose = File.ReadAllText(Path.Combine(Repository.Top, "docker-compose.yml"));

        Assert.DoesNotContain(":/docker-entrypoint-initdb.d", compose, StringComparison.Ordinal);
        Assert.Contains("install -m 644 /sample.sql /docker-entrypoint-initdb.d/", compose, StringComparison.Ordinal);
        Assert.Contains("- ./scripts/sample.sql:/sample.sql:ro", compose, StringComparison.Ordinal);
    }
}
