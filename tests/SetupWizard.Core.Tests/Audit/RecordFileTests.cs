using SetupWizard.Core.Audit;

namespace SetupWizard.Core.Tests.Audit;

/// <summary>The record is as it was written, or that is said: whatever was changed, put in or taken out.</summary>
public sealed class RecordFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("setupwizard-record-").FullName;

    public static TheoryData<string, int?> Damages => new()
    {
        { "change a statement", 3 },
        { "take a line out", 3 },
        { "put a line in", 4 },
        { "put an unsigned line in", 4 },
        { "swap two lines", 3 },
        { "take the last line off", null },
        { "take all lines off", null },
        { "take the file away", null },
    };

    private string Path => System.IO.Path.Combine(_directory, JsonLinesAuditLog.FileName);

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Whatever_was_done_to_the_record_is_found(string damage, int? line)
    {
        await WriteAsync(5);
        Assert.Null((await ReadAsync()).Damage);
        List<string> lines = [.. await File.ReadAllLinesAsync(Path)];
        switch (damage)
        {
            case "change a statement":
                lines[2] = lines[2].Replace("\"undo\":\"DROP USER u2\"", "\"undo\":\"DROP TABLE t\"", StringComparison.Ordinal);
                break;
            case "take a line out":
                lines.RemoveAt(2);
                break;
            case "put a line in":
                lines.Insert(3, lines[2]);
                break;
            case "put an unsigned line in":
                lines.Insert(3, lines[2][..lines[2].LastIndexOf(",\"mac\"", StringComparison.Ordinal)] + "}");
                break;
            case "swap two lines":
                (lines[2], lines[3]) = (lines[3], lines[2]);
                break;
            case "take the last line off":
                lines.RemoveAt(4);
                break;
            case "take all lines off":
                lines.Clear();
                break;
            default:
                File.Delete(Path);
                break;
        }

        if (damage != "take the file away")
        {
            await File.WriteAllTextAsync(Path, string.Concat(lines.Select(static l => l + "\n")));
        }

        Assert.Equal(new AuditDamage(Path, line), (await ReadAsync()).Damage);

        // What is written afterwards does not make it whole again.
        await WriteAsync(1);
        Assert.NotNull((await ReadAsync()).Damage);
    }

    [Fact]
    public async Task Record_of_another_installation_is_not_taken_for_its_own()
    {
        await WriteAsync(2);
        File.Delete(System.IO.Path.Combine(_directory, "plan-key.pem"));

        Assert.Equal(1, (await ReadAsync()).Damage?.Line);
    }

    [Theory]
    [InlineData("{\"at\":\"2026-01-01T00:00")]
    [InlineData("\0\0\0\0")]
    [InlineData("half a line\nand another\n")]
    public async Task Half_a_line_is_nothing_and_the_record_goes_on_behind_it(string half)
    {
        await WriteAsync(2);
        await File.AppendAllTextAsync(Path, half);
        Assert.Null((await ReadAsync()).Damage);

        await WriteAsync(2);

        var record = await ReadAsync();
        Assert.Null(record.Damage);
        Assert.Equal(4, record.Entries.Count);
    }

    /// <summary>What was done to other databases is read over, and all of the chain is looked at all the same.</summary>
    [Fact]
    public async Task Long_record_of_other_databases_costs_seconds_and_hides_nothing()
    {
        using (var log = new JsonLinesAuditLog(_directory, TimeProvider.System))
        {
            await log.AppendAsync([Entry(0, AuditEvent.InEffect) with { Source = "mine:5432/d" }], CancellationToken.None);
            for (var i = 0; i < 20; i++)
            {
                await log.AppendAsync([.. Enumerable.Range(i * 1000, 1000).Select(static n => Entry(n, AuditEvent.InEffect))], CancellationToken.None);
            }

            await log.AppendAsync([Entry(1, AuditEvent.InEffect) with { Source = "mine:5432/d" }], CancellationToken.None);
        }

        await File.AppendAllTextAsync(Path, "\0\0\0\0\nno line at all\n{\"at\":\"2026-");
        var clock = System.Diagnostics.Stopwatch.StartNew();
        using var reader = new JsonLinesAuditLog(_directory, TimeProvider.System);
        var record = await reader.ReadAsync(new AuditSource("mine:5432/d", null), CancellationToken.None);

        Assert.Null(record.Damage);
        Assert.Equal([0, 1], record.Entries.Select(static e => e.Index));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    /// <summary>A process may end between the record and its end.</summary>
    [Fact]
    public async Task Line_more_than_the_end_says_is_no_damage()
    {
        await WriteAsync(2);
        var end = System.IO.Path.Combine(_directory, "audit.end");
        var before = await File.ReadAllTextAsync(end);
        await WriteAsync(1);
        await File.WriteAllTextAsync(end, before);
        Assert.Null((await ReadAsync()).Damage);

        await WriteAsync(1);

        var record = await ReadAsync();
        Assert.Equal((null, 4), (record.Damage, record.Entries.Count));
    }

    [Fact]
    public async Task Shorter_end_that_somebody_wrote_is_none()
    {
        await WriteAsync(3);
        var end = System.IO.Path.Combine(_directory, "audit.end");
        var lines = await File.ReadAllLinesAsync(Path);
        await File.WriteAllTextAsync(Path, lines[0] + "\n");
        await File.WriteAllTextAsync(end, (await File.ReadAllTextAsync(end)).Replace("3\n", "1\n", StringComparison.Ordinal));

        Assert.Equal(new AuditDamage(Path, null), (await ReadAsync()).Damage);
        File.Delete(end);
        Assert.Equal(new AuditDamage(Path, null), (await ReadAsync()).Damage);
    }

    [Fact]
    public async Task Several_writers_take_turns()
    {
        var writers = Enumerable.Range(0, 4).Select(async w =>
        {
            using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
            for (var i = 0; i < 25; i++)
            {
                await log.AppendAsync([Entry(i, AuditEvent.Started, "w" + w), Entry(i, AuditEvent.InEffect, "w" + w)], CancellationToken.None);
            }
        });
        await Task.WhenAll(writers);

        var record = await ReadAsync();
        Assert.Equal((null, 200), (record.Damage, record.Entries.Count));
        Assert.All(record.Entries, static e => Assert.NotEmpty(e.Sql));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task Files_of_the_record_are_their_owners_only()
    {
        Directory.Delete(_directory);
        await WriteAsync(1);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(_directory));
        Assert.All(Directory.GetFiles(_directory), static f => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(f)));
    }

    [Fact]
    public async Task What_decides_later_is_known_with_every_line_of_a_change()
    {
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        await log.AppendAsync([Entry(0, AuditEvent.Started)], CancellationToken.None);
        await log.AppendAsync([Entry(0, AuditEvent.Committing) with { Transaction = "771", Oids = new Dictionary<string, long> { ["user"] = 16401 } }], CancellationToken.None);
        await log.AppendAsync([Entry(0, AuditEvent.InEffect)], CancellationToken.None);

        var last = (await ReadAsync()).Entries[^1];
        Assert.Equal(("771", 16401L, "DROP USER u0"), (last.Transaction, last.Oids!["user"], last.Undo));
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task WriteAsync(int lines)
    {
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        for (var i = 0; i < lines; i++)
        {
            await log.AppendAsync([Entry(i, AuditEvent.InEffect)], CancellationToken.None);
        }
    }

    private async Task<AuditRecord> ReadAsync()
    {
        using var log = new JsonLinesAuditLog(_directory, TimeProvider.System);
        return await log.ReadAsync(about: null, CancellationToken.None);
    }

    private static AuditEntry Entry(int index, AuditEvent what, string run = "r") => new()
    {
        At = DateTimeOffset.UnixEpoch,
        Run = run,
        Index = index,
        Event = what,
        Source = "h:5432/d",
        Login = "a",
        Code = "SW301",
        Kind = "create-user",
        Phase = "User",
        Sql = "CREATE USER u" + index,
        Undo = "DROP USER u" + index,
    };
}
