namespace SetupWizard.Web.Tests.Documents;

/// <summary>What the container's image is made of, as far as somebody who runs it relies on it.</summary>
public sealed class ImageTests
{
    private static readonly string[] s_dockerfile = File.ReadAllLines(Path.Combine(Repository.Top, "Dockerfile"));

    /// <summary>OpenShift runs a container as a user of its own choice, who is in the root group and in no other.</summary>
    [Fact]
    public void Data_directory_can_be_written_by_any_user_of_the_root_group()
    {
        var image = string.Join('\n', s_dockerfile);

        Assert.Contains("mkdir /data && chown \"$APP_UID:0\" /data && chmod 2770 /data", image, StringComparison.Ordinal);
        Assert.Contains("Wizard__DataDirectory=/data", image, StringComparison.Ordinal);
    }

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

    /// <summary>A cluster or a key that is made with the image is the same for everybody who has it.</summary>
    [Fact]
    public void Image_has_no_cluster_and_no_key_of_its_own()
    {
        var image = string.Join('\n', s_dockerfile);

        Assert.Contains("create_main_cluster = false", image, StringComparison.Ordinal);
        Assert.Contains("/etc/ssl/private/ssl-cert-snakeoil.key", image, StringComparison.Ordinal);
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
