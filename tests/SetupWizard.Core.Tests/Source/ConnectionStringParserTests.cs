using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Source;

public sealed class ConnectionStringParserTests
{
    [Theory]
    [InlineData("postgres://admin:secret@db.example.com:6000/shop", "db.example.com", 6000, "shop", "admin", "secret")]
    [InlineData("  postgresql://admin@db.example.com/shop \n", "db.example.com", null, "shop", "admin", null)]
    [InlineData("\"postgresql://admin@db.example.com/shop\"", "db.example.com", null, "shop", "admin", null)]
    [InlineData("postgresql://db.example.com", "db.example.com", null, null, null, null)]
    [InlineData("postgresql://[2001:db8::1]:5433/shop", "2001:db8::1", 5433, "shop", null, null)]
    [InlineData("postgresql://us%40er:p%2Fa%3Fs%23s%20w%25@db.example.com/my%20db", "db.example.com", null, "my db", "us@er", "p/a?s#s w%")]
    [InlineData("postgresql://admin:p@ss@db.example.com/shop", "db.example.com", null, "shop", "admin", "p@ss")]
    [InlineData("postgresql://admin:p/ss@db.example.com:5432/shop", "db.example.com", 5432, "shop", "admin", "p/ss")]
    [InlineData("postgresql://admin:a@b/c?d@db.example.com:5432/shop?sslmode=require", "db.example.com", 5432, "shop", "admin", "a@b/c?d")]
    [InlineData("postgresql://admin:100%@db.example.com/shop", "db.example.com", null, "shop", "admin", "100%")]
    [InlineData("postgresql://admin:%ED%95%9C%EA%B8%80@db.example.com/shop", "db.example.com", null, "shop", "admin", "한글")]
    [InlineData("postgresql:///shop?host=db.example.com&port=5433&user=admin&password=s%26t", "db.example.com", 5433, "shop", "admin", "s&t")]
    [InlineData("postgresql://admin@db.example.com/shop?application_name=me@here", "db.example.com", null, "shop", "admin", null)]
    [InlineData("jdbc:postgresql://db.example.com:5432/shop?user=admin&password=s3cret&ssl=true", "db.example.com", 5432, "shop", "admin", "s3cret")]
    [InlineData("host=db.example.com port=5433 dbname=shop user=admin password=secret", "db.example.com", 5433, "shop", "admin", "secret")]
    [InlineData("host = db.example.com user='o''x' password='it\\'s a \\\\ secret' dbname = shop", "db.example.com", null, null, null, null, "syntax")]
    [InlineData("host = db.example.com user = admin password='it\\'s a \\\\ secret' dbname = shop", "db.example.com", null, "shop", "admin", "it's a \\ secret")]
    [InlineData("host=db.example.com password=a;b user=admin", "db.example.com", null, null, "admin", "a;b")]
    [InlineData("PGHOST=db.example.com PGUSER=admin PGPASSWORD=secret PGDATABASE=shop", "db.example.com", null, "shop", "admin", "secret")]
    [InlineData("psql -h db.example.com -p 5433 -U admin shop", "db.example.com", 5433, "shop", "admin", null)]
    [InlineData("$ PGPASSWORD='p w' psql --host=db.example.com --username admin -d shop -c 'SELECT 1'", "db.example.com", null, "shop", "admin", "p w")]
    [InlineData("psql \"host=db.example.com dbname=shop user=admin sslmode=require\"", "db.example.com", null, "shop", "admin", null)]
    [InlineData("psql postgresql://admin:secret@db.example.com/shop -X", "db.example.com", null, "shop", "admin", "secret")]
    [InlineData("/usr/bin/psql -hdb.example.com -Uadmin shop \\\n  -p5433", "db.example.com", 5433, "shop", "admin", null)]
    [InlineData("Host=db.example.com;Port=5433;Username=admin;Password=\"se;cret\";Database=shop;SSL Mode=VerifyFull", "db.example.com", 5433, "shop", "admin", "se;cret")]
    [InlineData("Server=db.example.com;User Id=admin;Password=secret;Initial Catalog=shop;", "db.example.com", null, "shop", "admin", "secret")]
    [InlineData("db.example.com", "db.example.com", null, null, null, null)]
    [InlineData("db.example.com:5433/shop", "db.example.com", 5433, "shop", null, null)]
    [InlineData("admin@db.example.com:5433", "db.example.com", 5433, null, "admin", null)]
    [InlineData("10.0.0.1", "10.0.0.1", null, null, null, null)]
    public void What_people_paste_is_read(string text, string host, int? port, string? database, string? user, string? password, string? syntax = null)
    {
        var parsed = ConnectionStringParser.Parse(text);

        if (syntax is not null)
        {
            Assert.Contains(new FieldProblem("text", syntax), parsed.Problems);
            return;
        }

        Assert.Equal([], parsed.Problems);
        Assert.Equal((host, port, database, user, password), (parsed.Host, parsed.Port, parsed.Database, parsed.User, parsed.Password?.Reveal()));
    }

    [Theory]
    [InlineData("sslmode=disable", TlsMode.Disable)]
    [InlineData("sslmode=require", TlsMode.Require)]
    [InlineData("sslmode=verify-ca", TlsMode.VerifyCa)]
    [InlineData("sslmode=verify-full", TlsMode.VerifyFull)]
    [InlineData("sslmode=prefer", null)]
    [InlineData("connect_timeout=3", null)]
    public void The_TLS_mode_is_kept_where_it_says_something(string query, TlsMode? expected) =>
        Assert.Equal(expected, ConnectionStringParser.Parse("postgresql://db.example.com/shop?" + query).Tls);

    [Theory]
    [InlineData("Host=db.example.com;Username=a;Trust Server Certificate=true", TlsMode.Require)]
    [InlineData("Host=db.example.com;Username=a;SSL Mode=VerifyCA", TlsMode.VerifyCa)]
    [InlineData("jdbc:postgresql://db.example.com/shop?ssl=true", TlsMode.VerifyFull)]
    public void Other_spellings_of_the_TLS_mode_are_understood(string text, TlsMode expected) =>
        Assert.Equal(expected, ConnectionStringParser.Parse(text).Tls);

    [Fact]
    public void The_CA_file_is_named_and_not_opened() =>
        Assert.Equal("/etc/ssl/no-such.pem", ConnectionStringParser.Parse("postgresql://db.example.com/shop?sslmode=verify-full&sslrootcert=%2Fetc%2Fssl%2Fno-such.pem").CaFile);

    [Theory]
    [InlineData("", "text", "empty")]
    [InlineData(null, "text", "empty")]
    [InlineData("\u200B \n", "text", "empty")]
    [InlineData("what is this", "text", "unknown")]
    [InlineData("mysql://db.example.com/shop", "text", "scheme")]
    [InlineData("https://db.example.com", "text", "scheme")]
    [InlineData("postgresql:///shop", "host", "missing")]
    [InlineData("host=db.example.com password='open", "text", "syntax")]
    [InlineData("host=db.example.com nonsense", "text", "syntax")]
    [InlineData("postgresql://a.example.com:5432,b.example.com:5432/shop", "host", "list")]
    [InlineData("postgresql://db.example.com:port/shop", "port", "number")]
    [InlineData("postgresql://db.example.com:70000/shop", "port", "range")]
    [InlineData("postgresql://db.example.com:0/shop", "port", "range")]
    [InlineData("postgresql://db.example.com:99999999999999999999/shop", "port", "number")]
    [InlineData("postgresql://db.example.com/shop?sslmode=maybe", "sslmode", "unknown")]
    [InlineData("host=db/one dbname=shop", "host", "path")]
    [InlineData("host='two words' dbname=shop", "host", "space")]
    [InlineData("Host=x;Password=\"open;Username=a", "text", "syntax")]
    public void Bad_input_gives_a_field_and_a_reason_with_words(string? text, string field, string key)
    {
        var parsed = ConnectionStringParser.Parse(text);

        var problem = Assert.Single(parsed.Problems, p => p.Field == field);
        Assert.Equal(key, problem.Key);
        Assert.True(field is not ("host" or "port") || parsed.ToEndpoint() is null);
        Assert.All(
            new[] { ConnectionDiagnosisTests.English, ConnectionDiagnosisTests.Korean },
            culture => Assert.DoesNotContain("Field.", ConnectText.For(problem, culture), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(null, "missing")]
    [InlineData("postgres://db", "scheme")]
    [InlineData("db example", "space")]
    [InlineData("a,b", "list")]
    [InlineData("admin@db", "user")]
    [InlineData("db/shop", "path")]
    [InlineData("db:5432", "port")]
    [InlineData("db!", "characters")]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", null)]
    [InlineData("db_1.internal", null)]
    [InlineData("xn--bcher-kva.example", null)]
    [InlineData("localhost", null)]
    public void A_host_field_says_what_does_not_belong_there(string? host, string? expected) =>
        Assert.Equal(expected, EndpointRules.HostProblem(host));

    /// <summary>.NET's connection strings lose a line break at the end: somebody else would be logged in, or elsewhere.</summary>
    [Theory]
    [InlineData("postgres://admin%0A@db/shop", "user")]
    [InlineData("postgres://admin@db/shop%0A", "database")]
    [InlineData("{\"engine\":\"postgres\",\"host\":\"db\",\"username\":\"a\",\"name\":\"shop\\n\"}", "database")]
    [InlineData("host=db user=admin dbname='shop\n'", "database")]
    public void Name_that_no_driver_carries_whole_is_said_at_its_field(string text, string field)
    {
        var parsed = ConnectionStringParser.Parse(text);
        Assert.Contains(new FieldProblem(field, "line"), parsed.Problems);
        Assert.Null(field == "user" ? parsed.User : parsed.Database);
    }

    [Fact]
    public void No_input_whatever_makes_an_exception()
    {
        var random = new Random(20);
        const string Pieces = "postgresql://:@/?&=%'\"\\;[],. hostpsql-hUd5é한\0\n";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(40)).Select(_ => Pieces[random.Next(Pieces.Length)])]);
            if (random.Next(3) == 0)
            {
                text = new[] { "psql ", "postgresql://", "host=", "Host=;" }[random.Next(4)] + text;
            }

            var parsed = ConnectionStringParser.Parse(text);

            Assert.True(parsed.Problems.Count > 0 || parsed.Host is not null, text);
        }
    }

    [Fact]
    public void A_parsed_string_prints_no_password() =>
        Assert.DoesNotContain("canary", ConnectionStringParser.Parse("postgresql://a:canary@db.example.com/shop").ToString(), StringComparison.Ordinal);
}
