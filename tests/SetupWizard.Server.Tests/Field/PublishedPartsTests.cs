using SetupWizard.Core.Model;
using SetupWizard.Server.Tests.Support;

namespace SetupWizard.Server.Tests.Field;

/// <summary>
/// Column lists and row filters stop UPDATE and DELETE of a table whose row identity does not go with them, whosever the publication is: neither an identity nor a publication is
/// changed to that.
/// </summary>
[Collection(SandboxFixture.Families)]
public sealed class PublishedPartsTests(FamilyServers servers) : IClassFixture<FamilyServers>
{
    private const string Tables =
        """
        CREATE TABLE public.b (id int PRIMARY KEY, v text, w int NOT NULL); CREATE UNIQUE INDEX b_w ON public.b (w); INSERT INTO public.b VALUES (1, 'a', 1);
        CREATE TABLE public.root (id int, d int, v text, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
        CREATE TABLE public.leaf PARTITION OF public.root FOR VALUES FROM (0) TO (10); INSERT INTO public.root VALUES (1, 1, 'a');
        CREATE TABLE public.base (id int PRIMARY KEY, v text); CREATE TABLE public.heir (PRIMARY KEY (id)) INHERITS (public.base); INSERT INTO public.heir VALUES (1, 'a')
        """;

    private static readonly string[] s_traffic =
    [
        "UPDATE public.b SET v = v || 'x'; DELETE FROM public.b", "UPDATE public.root SET v = v || 'x'; DELETE FROM public.root", "UPDATE public.base SET v = v || 'x'; DELETE FROM public.base",
    ];

    [Theory]
    [InlineData(15, "b", "FOR TABLE public.b (id, v)", "b")]
    [InlineData(18, "b", "FOR TABLE public.b (id, v)", "b")]
    [InlineData(18, "root", "FOR TABLE public.leaf (id, d)", "leaf")]
    [InlineData(18, "root", "FOR TABLE public.root (id, d) WITH (publish_via_partition_root = true)", "leaf")]
    [InlineData(18, "base", "FOR TABLE ONLY public.heir (id)", "heir")]
    public async Task No_identity_is_set_that_a_column_list_of_any_publication_refuses(int major, string table, string publication, string stopped)
    {
        using var source = (await servers.MakeAsync(major, Tables + "; CREATE PUBLICATION \"o 2\" " + publication)).Choose("public." + table);
        source.Goal = source.Goal with { Identities = [new(new("public", table), IdentityKind.Full)] };

        var before = await source.InspectAsync();
        var finding = Assert.Single(before.Findings, f => f.Case == "parts");
        Assert.Equal((FindingState.Blocking, "public." + stopped, "o 2"), (finding.State, Assert.Single(finding.Subjects).Name, (string)finding.Arguments["publications"]!));
        await source.ApplyAsync();

        await source.AppAsync(s_traffic);
        await source.SuperuserAsync("DROP PUBLICATION \"o 2\"");
        Assert.DoesNotContain((await source.InspectAsync()).Findings, f => f.Case == "parts");
        await source.ApplyAsync();
        await source.AppAsync(s_traffic);
    }

    /// <summary>An index that the list holds goes with it, and a list that sends no changes stops none.</summary>
    [Theory]
    [InlineData(15, "FOR TABLE public.b (id, w)", IdentityKind.Index)]
    [InlineData(18, "FOR TABLE public.b WHERE (w > 0)", IdentityKind.Full)]
    [InlineData(18, "FOR TABLE public.b (id) WITH (publish = 'insert')", IdentityKind.Full)]
    public async Task An_identity_that_goes_with_the_part_is_set(int major, string publication, IdentityKind kind)
    {
        using var source = (await servers.MakeAsync(major, Tables + "; ALTER TABLE public.b REPLICA IDENTITY NOTHING; CREATE PUBLICATION o2 " + publication)).Choose("public.b");
        source.Goal = source.Goal with { Identities = [new(new("public", "b"), kind, kind == IdentityKind.Index ? "b_w" : null)] };

        var ready = await source.ApplyAsync();

        Assert.DoesNotContain(ready.Findings, f => f.Case == "parts");
        Assert.True(ready.Ready, EngineHarness.DescribeProblems(ready));
        await source.AppAsync(s_traffic);
    }

    [Theory]
    [InlineData(15, "public.b WHERE (v = 'a')", true)]
    [InlineData(18, "public.b WHERE (v = 'a')", true)]
    [InlineData(18, "public.b (v, w)", true)]
    [InlineData(18, "public.b (id, v) WHERE (id > 0)", false)]
    public async Task A_publication_is_not_told_to_send_changes_that_it_would_stop(int major, string part, bool stops)
    {
        using var source = (await servers.MakeAsync(major, Tables + $"; CREATE TABLE public.t (id int PRIMARY KEY); CREATE PUBLICATION cp3 FOR TABLE public.t, {part} WITH (publish = 'insert')")).Choose("public.t");
        source.Goal = source.Goal with { Publication = "cp3" };

        var finding = Assert.Single((await source.InspectAsync()).Findings, f => f.Id == RequirementId.PublicationOperations);
        Assert.Equal(stops ? "incomplete-unsafe" : "incomplete", finding.Case);
        await source.ApplyAsync();

        await source.AppAsync(s_traffic);
    }
}
