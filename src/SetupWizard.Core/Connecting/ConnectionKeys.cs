using System.Collections.Frozen;
using System.Text;

namespace SetupWizard.Core.Connecting;

/// <summary>The parts of a connection.</summary>
internal enum ConnectionPart
{
    /// <summary>A name that says nothing about a connection, as far as is known here.</summary>
    Unknown,

    /// <summary>A parameter of a program or library that the wizard does not use.</summary>
    Unused,
    Host,
    HostAddress,
    Port,
    Database,
    User,
    Password,
    SslMode,
    Ssl,
    RequireSsl,
    TrustServer,
    RejectUnauthorized,
    SslAccept,
    SslFactory,
    CaFile,

    /// <summary>Ways of logging in that are agreed to.</summary>
    Auth,
    Service,
    Socket,
    Connector,

    /// <summary>Which kind of database it is.</summary>
    Engine,

    /// <summary>A name of anything; Django's name of a database.</summary>
    Name,

    /// <summary>A connection string of its own.</summary>
    Url,
}

/// <summary>
/// What libpq, its environment variables, JDBC, ADO.NET, ODBC, Prisma, node-postgres, Rails, Django, Laravel and cloud services call the parts of a
/// connection. Capitals, blanks, hyphens, points and underscores make no difference.
/// </summary>
internal static class ConnectionKeys
{
    private static readonly FrozenDictionary<string, ConnectionPart> s_parts = new Dictionary<ConnectionPart, string>
    {
        [ConnectionPart.Host] = "host hostname server servername serverhost datasource endpoint pghost dbhost dbhostname databasehost postgreshost postgresqlhost rdshostname",
        [ConnectionPart.HostAddress] = "hostaddr pghostaddr",
        [ConnectionPart.Port] = "port portnumber pgport dbport databaseport postgresport postgresqlport rdsport",
        [ConnectionPart.Database] = "dbname database databasename db initialcatalog pgdatabase dbdatabase postgresdb postgresdatabase postgresqldatabase postgresqldb rdsdbname",
        [ConnectionPart.User] = "user username userid uid usr login pguser dbuser dbusername databaseuser databaseusername postgresuser postgresusername postgresqluser postgresqlusername rdsusername",
        [ConnectionPart.Password] = "password passwd pass pwd psw pgpassword dbpassword dbpasswd dbpass databasepassword postgrespassword postgresqlpassword rdspassword",
        [ConnectionPart.SslMode] = "sslmode pgsslmode dbsslmode",
        [ConnectionPart.Ssl] = "ssl usessl tls",
        [ConnectionPart.RequireSsl] = "requiressl pgrequiressl",
        [ConnectionPart.TrustServer] = "trustservercertificate",
        [ConnectionPart.RejectUnauthorized] = "rejectunauthorized",
        [ConnectionPart.SslAccept] = "sslaccept",
        [ConnectionPart.SslFactory] = "sslfactory",
        [ConnectionPart.CaFile] = "sslrootcert pgsslrootcert rootcertificate",
        [ConnectionPart.Auth] = "requireauth pgrequireauth",
        [ConnectionPart.Service] = "service pgservice",
        [ConnectionPart.Socket] = "unixsock unixsocket",
        [ConnectionPart.Connector] = "cloudsqlinstance socketfactory",
        [ConnectionPart.Engine] = "engine adapter dialect dbconnection dbengine driver driverclassname provider",
        [ConnectionPart.Name] = "name",

        // libpq
        [ConnectionPart.Unused] =
            "passfile channelbinding connecttimeout clientencoding options applicationname appname fallbackapplicationname keepalives keepalivesidle keepalivesinterval " +
            "keepalivescount tcpusertimeout replication gssencmode sslnegotiation sslcompression sslcert sslkey sslkeylogfile sslpassword sslcertmode sslcrl sslcrldir sslsni requirepeer " +
            "sslminprotocolversion sslmaxprotocolversion minprotocolversion maxprotocolversion krbsrvname gsslib gssdelegation scramclientkey scramserverkey servicefile " +
            "targetsessionattrs loadbalancehosts oauthissuer oauthclientid oauthclientsecret oauthscope tz datestyle sysconfdir localedir geqo " +

            // JDBC
            "currentschema preparethreshold binarytransfer logintimeout sockettimeout cancelsignaltimeout tcpkeepalive loglevel loggerlevel targetservertype hostrecheckseconds stringtype " +
            "rewritebatchedinserts rewritebatchedstatements defaultrowfetchsize readonly readonlymode assumeminserverversion sslfactoryarg sslhostnameverifier sslpasswordcallback autosave " +
            "preferquerymode preparedstatementcachequeries preparedstatementcachesizemib socketfactoryarg escapesyntaxcallmode maxresultbuffer gssresponsetimeout adaptivefetch " +
            "wrapperplugins wrapperdialect wrapperloggerlevel iamregion initialsize maxsize maxidletime " +

            // Npgsql and ODBC
            "pooling minimumpoolsize maximumpoolsize minpoolsize maxpoolsize connectionidlelifetime connectionpruninginterval connectionlifetime timeout commandtimeout cancellationtimeout " +
            "internalcommandtimeout keepalive tcpkeepalivetime tcpkeepaliveinterval readbuffersize writebuffersize socketreceivebuffersize socketsendbuffersize maxautoprepare " +
            "autoprepareminusages includeerrordetail includefailedbatchedcommand integratedsecurity persistsecurityinfo enlist searchpath encoding timezone multiplexing " +
            "writecoalescingbufferthresholdbytes noresetonclose loadtablecomposites arraynullabilitymode kerberosservicename includerealm sslcertificate checkcertificaterevocation " +
            "logparameters servercompatibilitymode targetsessionattributes byteaaslongvarbinary boolsaschar maxvarcharsize uselibpqcompat " +

            // Prisma, node-postgres, Rails, Django, Laravel, cloud services
            "schema connectionlimit pooltimeout pgbouncer sslidentity statementcachesize pool reconnect variables preparedstatements checkouttimeout idletimeout statementtimeout querytimeout " +
            "max min idletimeoutmillis connectiontimeoutmillis workaround supabase connmaxage connhealthchecks atomicrequests prefix charset collation " +
            "dbinstanceidentifier dbclusteridentifier masterarn arn versionid versionstages createddate apikey echo poolsize maxoverflow",
    }
        .SelectMany(static pair => pair.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => (name, pair.Key)))
        .ToFrozenDictionary(static p => p.name, static p => p.Key, StringComparer.Ordinal);

    /// <summary>What a name stands for.</summary>
    public static ConnectionPart PartOf(string name)
    {
        var plain = Plain(name);
        return s_parts.TryGetValue(plain, out var part) ? part
            : plain.StartsWith("pg", StringComparison.Ordinal) && s_parts.TryGetValue(plain[2..], out var libpq) && libpq == ConnectionPart.Unused ? libpq
            : IsUrl(plain) ? ConnectionPart.Url
            : ConnectionPart.Unknown;
    }

    /// <summary>Whether the name says something about where a database is or who logs in.</summary>
    public static bool Matters(string name) => PartOf(name) is not (ConnectionPart.Unknown or ConnectionPart.Unused or ConnectionPart.Name);

    /// <summary>
    /// What a name among many others stands for, such as an environment variable of an application or a property of a framework:
    /// words in front are left out as long as what remains speaks of a database (<c>SHOP_DB_HOST</c>, <c>spring.datasource.username</c>).
    /// </summary>
    public static ConnectionPart PartOfSetting(string name)
    {
        if (PartOf(name) is not (ConnectionPart.Unknown or ConnectionPart.Url) and var whole)
        {
            return whole;
        }

        var words = name.Split(['.', '_', '-'], StringSplitOptions.RemoveEmptyEntries);
        for (var i = 1; i < words.Length; i++)
        {
            var rest = string.Concat(words[i..]);
            var part = PartOf(rest);
            var ofDatabase = SpeaksOfDatabase(words[i]) || (name.Contains('.', StringComparison.Ordinal) && words[..i].Any(SpeaksOfDatabase));
            if (ofDatabase && part is not (ConnectionPart.Unknown or ConnectionPart.Unused or ConnectionPart.Url))
            {
                return part;
            }
        }

        return PartOf(name);
    }

    /// <summary>The name without what makes no difference.</summary>
    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (!char.IsWhiteSpace(c) && c is not ('_' or '-' or '.'))
            {
                plain.Append(char.ToLowerInvariant(c));
            }
        }

        return plain.ToString();
    }

    private static bool IsUrl(string plain) =>
        plain is "secretstring" or "default" or "defaultconnection"
        || plain.Contains("url", StringComparison.Ordinal)
        || plain.EndsWith("uri", StringComparison.Ordinal)
        || plain.EndsWith("dsn", StringComparison.Ordinal)
        || plain.Contains("connectionstring", StringComparison.Ordinal);

    private static bool SpeaksOfDatabase(string word) =>
        word.StartsWith("datasource", StringComparison.OrdinalIgnoreCase)
        || word.StartsWith("pg", StringComparison.OrdinalIgnoreCase)
        || word.ToUpperInvariant() is "DB" or "DATABASE" or "DATABASES" or "POSTGRES" or "POSTGRESQL" or "RDS" or "JDBC" or "R2DBC" or "CONNECTION" or "FLYWAY" or "LIQUIBASE";
}
