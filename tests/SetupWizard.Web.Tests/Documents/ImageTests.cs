namespace SetupWizard.Web.Tests.Documents;

/// <summary>What the container's image is made of, as far as somebody who runs it relies on it.</summary>
public sealed class ImageTests
{
    /// <summary>OpenShift runs a container as a user of its own choice, who is in the root group and in no other.</summary>
    [Fact]
    public void Data_directory_can_be_written_by_any_user_of_the_root_group()
    {
        var image = File.ReadAllText(Path.Combine(Repository.Top, "Dockerfile"));

        Assert.Contains("mkdir /data && chown \"$APP_UID:0\" /data && chmod 2770 /data", image, StringComparison.Ordinal);
        Assert.Contains("Wizard__DataDirectory=/data", image, StringComparison.Ordinal);
    }
}
