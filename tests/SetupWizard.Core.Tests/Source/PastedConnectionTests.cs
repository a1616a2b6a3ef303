using SetupWizard.Core.Connecting;
using SetupWizard.Core.Model;
using SetupWizard.Core.Wording;

namespace SetupWizard.Core.Tests.Source;

/// <summary>Connection strings as consoles, frameworks, shells and documentation hand them out, each with what it says.</summary>
public sealed class PastedConnectionTests
{
    private const string H = "db.example.com";

    /// <summary>What a string says: host, port, database, user, password, TLS; null where it says nothing.</summary>
    public static TheoryData<string, Said> Read { get; } = new()
    {
        // libpq: the address is where to connect, the host is whose certificate is checked.
        { "host=db.example.com hostaddr=10.0.0.5 port=5432 dbname=shop user=app password=pw sslmode=verify-full", new(H, 5432, "shop", "app", "pw", TlsMode.VerifyFull) },
        { "hostaddr=10.0.0.5 host=db.example.com dbname=shop user=app", new(H, null, "shop", "app") },
        { "postgresql://app:pw@db.example.com/shop?hostaddr=10.0.0.5", new(H, null, "shop", "app", "pw") },
        { "PGHOST=db.example.com PGHOSTADDR=10.0.0.5 PGUSER=app", new(H, null, null, "app") },
        { "hostaddr=10.0.0.5 dbname=shop user=app", new("10.0.0.5", null, "shop", "app") },

        // JDBC and what wraps it.
        { "jdbc:postgresql:shop", new("localhost", null, "shop") },
        { "jdbc:postgresql:shop?user=app&password=pw", new("localhost", null, "shop", "app", "pw") },
        { "jdbc:postgresql:///shop", new("localhost", null, "shop") },
        { "jdbc:postgresql://db.example.com:5433/shop?user=app&password=p%2Bw", new(H, 5433, "shop", "app", "p+w") },
        { "jdbc:postgresql://db.example.com/shop?user=app&password=two+words", new(H, null, "shop", "app", "two words") },
        { "jdbc:postgresql://db.example.com/shop?user=app&amp;password=pw&amp;sslmode=require", new(H, null, "shop", "app", "pw", TlsMode.Require) },
        { "jdbc:postgresql://db.example.com/shop?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory", new(H, null, "shop", Tls: TlsMode.Require) },
        { "jdbc:postgresql://db.example.com/shop?ssl=true", new(H, null, "shop", Tls: TlsMode.VerifyFull) },
        { "jdbc:aws-wrapper:postgresql://db.example.com:5432/shop?wrapperPlugins=iam", new(H, 5432, "shop") },
        { "jdbc:p6spy:postgresql://db.example.com/shop", new(H, null, "shop") },
        { "jdbc:pgsql://db.example.com:5432/shop", new(H, 5432, "shop") },
        { "jdbc:datadirect:postgresql://db.example.com:5432;DatabaseName=shop;User=app;Password=pw", new(H, 5432, "shop", "app", "pw") },
        { "r2dbc:postgresql://app:pw@db.example.com:5432/shop", new(H, 5432, "shop", "app", "pw") },
        { "r2dbc:pool:postgresql://app:pw@db.example.com:5432/shop", new(H, 5432, "shop", "app", "pw") },
        { "r2dbcs:postgresql://db.example.com/shop", new(H, null, "shop", Tls: TlsMode.VerifyFull) },
        { "vertx-reactive:postgresql://db.example.com:5432/shop", new(H, 5432, "shop") },
        { "spring.datasource.url=jdbc:postgresql://db.example.com:5432/shop", new(H, 5432, "shop") },
        { "spring.datasource.url=jdbc:postgresql://db.example.com/shop\nspring.datasource.username=app\nspring.datasource.password=it's$ecret", new(H, null, "shop", "app", "it's$ecret") },
        { "quarkus.datasource.jdbc.url=jdbc:postgresql://db.example.com/shop quarkus.datasource.username=app", new(H, null, "shop", "app") },

        // Schemes of frameworks: PostgreSQL all of them.
        { "postgresql+psycopg2://app:pw@db.example.com:5432/shop", new(H, 5432, "shop", "app", "pw") },
        { "postgresql+psycopg://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "postgresql+asyncpg://app:pw@db.example.com/shop?ssl=require", new(H, null, "shop", "app", "pw", TlsMode.Require) },
        { "postgresql+pg8000://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "postgresql+psycopg2://app:pw@/shop?host=db.example.com:5433", new(H, 5433, "shop", "app", "pw") },
        { "pgsql://app:pw@db.example.com:5432/shop", new(H, 5432, "shop", "app", "pw") },
        { "psql://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "postgis://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "pdo-pgsql://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "timescalegis://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "ecto://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "pgx5://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "tcp://db.example.com:5433", new(H, 5433) },
        { "pgsql:host=db.example.com;port=5432;dbname=shop;user=app;password=pw", new(H, 5432, "shop", "app", "pw") },
        { "dbi:Pg:dbname=shop;host=db.example.com;port=5433", new(H, 5433, "shop") },
        { "Driver={PostgreSQL Unicode};Server=db.example.com;Port=5432;Database=shop;Uid=app;Pwd={p;w}}x};", new(H, 5432, "shop", "app", "p;w}x") },
        { "Server=tcp:db.example.com,5432;Database=shop;User Id=app;Password=pw;", new(H, 5432, "shop", "app", "pw") },
        { "Host=db.example.com:5433;Username=app;Password=pw;Database=shop", new(H, 5433, "shop", "app", "pw") },
        { "Host=db.example.com; Port=5433; Username=app; Password='a;b''c'; Database=shop", new(H, 5433, "shop", "app", "a;b'c") },

        // Assignments, quoted or not, exported or not, one or a block.
        { "DATABASE_URL=postgresql://app:pw@db.example.com:5432/shop", new(H, 5432, "shop", "app", "pw") },
        { "DATABASE_URL=\"postgresql://app:pw@db.example.com:5432/shop?sslmode=require&channel_binding=require\"", new(H, 5432, "shop", "app", "pw", TlsMode.Require) },
        { "export DATABASE_URL='postgresql://app:pw@db.example.com/shop'", new(H, null, "shop", "app", "pw") },
        { "DATABASE_URL: postgres://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "- DATABASE_URL=postgres://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "\"DATABASE_URL\": \"postgres://app:pw@db.example.com/shop\",", new(H, null, "shop", "app", "pw") },
        { "$env:DATABASE_URL = \"postgres://app:pw@db.example.com/shop\"", new(H, null, "shop", "app", "pw") },
        { "set PGHOST=db.example.com\r\nset PGUSER=app", new(H, null, null, "app") },
        { "export PGHOST=db.example.com\nexport PGUSER=app\nexport PGPORT=5432\nexport PGDATABASE=shop\nexport PGPASSWORD=\"p w\"", new(H, 5432, "shop", "app", "p w") },
        { "export PGHOST=db.example.com export PGUSER=app export PGPORT=5432 export PGDATABASE=shop export PGPASSWORD=\"p w\"", new(H, 5432, "shop", "app", "p w") },
        { "PGHOST='db.example.com'\nPGDATABASE='shop'\nPGUSER='app'\nPGPASSWORD='pw'\nPGSSLMODE='require'", new(H, null, "shop", "app", "pw", TlsMode.Require) },
        { "DB_CONNECTION=pgsql\nDB_HOST=db.example.com\nDB_PORT=5432\nDB_DATABASE=shop\nDB_USERNAME=app\nDB_PASSWORD=p\\w", new(H, 5432, "shop", "app", "p\\w") },
        { "RDS_HOSTNAME=db.example.com RDS_PORT=5432 RDS_DB_NAME=shop RDS_USERNAME=app RDS_PASSWORD=pw", new(H, 5432, "shop", "app", "pw") },
        { "REDIS_HOST=redis.example.com\nDATABASE_URL=postgres://app@db.example.com/shop\nREDIS_URL=redis://redis.example.com", new(H, null, "shop", "app") },
        { "# pooled\nDATABASE_URL=\"postgresql://app:pw@pool.example.com:6543/shop?pgbouncer=true\"\n# direct\nDIRECT_URL=\"postgresql://app:pw@db.example.com:5432/shop\"", new(H, 5432, "shop", "app", "pw") },

        // Pasted with what stands around it.
        { "postgres://app:pw@db.example.com/shop;", new(H, null, "shop", "app", "pw") },
        { "postgres://app:pw@db.example.com/shop\";", new(H, null, "shop", "app", "pw") },
        { "'postgres://app:pw@db.example.com/shop',", new(H, null, "shop", "app", "pw") },
        { "<postgres://app:pw@db.example.com/shop>", new(H, null, "shop", "app", "pw") },
        { "postgres://app:pw@db.example.com/shop \\\n", new(H, null, "shop", "app", "pw") },
        { "host=db.example.com dbname=shop;", new(H, null, "shop") },
        { "host=db.example.com user=app password=pw;", new(H, null, null, "app", "pw;") },
        { "postgres:5433/shop", new("postgres", 5433, "shop") },
        { "postgres:pw@db.example.com/shop", new(H, null, "shop", "postgres", "pw") },
        { "db.example.com:5433:shop:app:p\\:w", new(H, 5433, "shop", "app", "p:w") },
        { "[shop]\nhost=db.example.com\nport=5433\nuser=app", new(H, 5433, null, "app") },

        // Command lines.
        { "psql -XAtc 'select 1' -h db.example.com -U app shop", new(H, null, "shop", "app") },
        { "psql -XAtqh db.example.com -Uapp -dshop", new(H, null, "shop", "app") },
        { "psql --command 'select 1' --host db.example.com --username=app shop", new(H, null, "shop", "app") },
        { "psql -h db.example.com -d shop app", new(H, null, "shop", "app") },
        { "psql -h db.example.com -U app -d shop extra", new(H, null, "shop", "app") },
        { "psql -h other.example.com \"host=db.example.com dbname=shop\"", new(H, null, "shop") },
        { "PGPASSWORD=pw psql -h db.example.com \\ -p 5433 -U app shop", new(H, 5433, "shop", "app", "pw") },
        { "psql -h db.example.com -U app shop < dump.sql", new(H, null, "shop", "app") },
        { "export PGPASSWORD=pw; psql -h db.example.com -U app shop", new(H, null, "shop", "app", "pw") },
        { "psql postgresql://app:pw@db.example.com/shop?sslmode=require&channel_binding=require", new(H, null, "shop", "app", "pw", TlsMode.Require) },
        { "pg_dump -Fc -h db.example.com -U app -t public.orders shop > shop.dump", new(H, null, "shop", "app") },
        { "pg_dump --schema public --file=x.sql postgres://app:pw@db.example.com/shop", new(H, null, "shop", "app", "pw") },
        { "pg_restore --clean -h db.example.com -p 5433 -U app -d shop shop.dump", new(H, 5433, "shop", "app") },
        { "set PGPASSWORD=pw&& psql -h db.example.com -U app shop", new(H, null, "shop", "app", "pw") },
        { "$env:PGPASSWORD='pw'; psql -h db.example.com -U app shop", new(H, null, "shop", "app", "pw") },
        { "$env:PGPASSWORD = 'pw'; psql -h db.example.com -U app shop", new(H, null, "shop", "app", "pw") },
        { "pg_isready -h db.example.com -p 5433", new(H, 5433) },
        { "\"C:\\Program Files\\PostgreSQL\\16\\bin\\psql.exe\" -h db.example.com -U app shop", new(H, null, "shop", "app") },
        { "C:\\pg\\bin\\psql.exe -h db.example.com -U app shop", new(H, null, "shop", "app") },
        { "docker run --rm -it -e PGPASSWORD=pw postgres:16 psql -h db.example.com -U app shop", new(H, null, "shop", "app", "pw") },
        { "kubectl exec -it pod/client -- psql postgres://app@db.example.com/shop", new(H, null, "shop", "app") },
        { "kubectl exec pod/client -- sh -c \"psql -h db.example.com -U app shop\"", new(H, null, "shop", "app") },

        // What services and programs write.
        { "{\"username\":\"app\",\"password\":\"p\\\"w\",\"engine\":\"postgres\",\"host\":\"db.example.com\",\"port\":5432,\"dbname\":\"shop\",\"dbInstanceIdentifier\":\"db-1\"}", new(H, 5432, "shop", "app", "p\"w") },
        { "{\"ARN\":\"arn:aws:x\",\"SecretString\":\"{\\\"host\\\":\\\"db.example.com\\\",\\\"port\\\":\\\"5432\\\",\\\"username\\\":\\\"app\\\",\\\"password\\\":\\\"pw\\\"}\"}", new(H, 5432, null, "app", "pw") },
        { "{\"uri\":\"postgres://app:pw@db.example.com/shop\"}", new(H, null, "shop", "app", "pw") },
        { "{\"ConnectionStrings\":{\"Default\":\"Host=db.example.com;Database=shop;Username=app;Password=pw\"}}", new(H, null, "shop", "app", "pw") },
        { "psycopg2.connect(host=\"db.example.com\", port=5432, dbname='shop', user='app', password='p\\'w')", new(H, 5432, "shop", "app", "p'w") },
        { "conn = psycopg2.connect(\"host=db.example.com dbname=shop user=app password=pw\")", new(H, null, "shop", "app", "pw") },
        { "engine = create_engine(\"postgresql+psycopg2://app:pw@db.example.com/shop\", echo=True)", new(H, null, "shop", "app", "pw") },
        { "const client = new pg.Client('postgres://app:pw@db.example.com:5432/shop');", new(H, 5432, "shop", "app", "pw") },
        { "new Pool({ host: 'db.example.com', port: 5432, user: \"app\", password: 'pw', database: 'shop', ssl: { rejectUnauthorized: false } })", new(H, 5432, "shop", "app", "pw", TlsMode.Require) },
        { "DriverManager.getConnection(\"jdbc:postgresql://db.example.com/shop\", \"app\", \"pw\");", new(H, null, "shop", "app", "pw") },
        { "$db = new PDO('pgsql:host=db.example.com;dbname=shop', 'app', 'pw');", new(H, null, "shop", "app", "pw") },
        { "PG.connect(:host => 'db.example.com', :dbname => 'shop', :user => 'app')", new(H, null, "shop", "app") },
        { "sql.Open(\"postgres\", \"host=db.example.com user=app dbname=shop sslmode=require\")", new(H, null, "shop", "app", Tls: TlsMode.Require) },
        { "'default': {'ENGINE': 'django.contrib.gis.db.backends.postgis', 'NAME': 'shop', 'USER': 'app', 'PASSWORD': 'pw', 'HOST': 'db.example.com', 'PORT': '5432'}", new(H, 5432, "shop", "app", "pw") },
        { "production:\n  adapter: postgresql\n  host: db.example.com\n  database: shop\n  username: app\n  password: pw", new(H, null, "shop", "app", "pw") },
        { "cnx = psycopg2.connect(user=\"app\", password=\"pw\", host=\"db.example.com\", port=5432, database=\"shop\")", new(H, 5432, "shop", "app", "pw") },
        { "String url = \"jdbc:postgresql://db.example.com/shop?user=app&password=pw\";", new(H, null, "shop", "app", "pw") },
        { "<add name=\"Default\" connectionString=\"Host=db.example.com;Database=shop;Username=app;Password=pw\" />", new(H, null, "shop", "app", "pw") },
        { "ConnectionStrings__Default=Host=db.example.com;User Id=app;Password=pw;Database=shop", new(H, null, "shop", "app", "pw") },
        { "ConnectionStrings__Default=\"Host=db.example.com;User Id=app;Password=pw;Database=shop\"", new(H, null, "shop", "app", "pw") },
        { "HOST=app.example.com\nPORT=3000\nPGHOST=db.example.com\nPGUSER=app", new(H, User: "app") },
        { "HOST=app.example.com\nPORT=3000\nDATABASE_URL=postgres://app@db.example.com/shop", new(H, null, "shop", "app") },
        { "spring:\n  datasource:\n    url: jdbc:postgresql://db.example.com:5432/shop\n    username: app\n    password: pw", new(H, 5432, "shop", "app", "pw") },
        { "use postgres://app@db.example.com/shop for this", new(H, null, "shop", "app") },
        { "<property name=\"url\" value=\"jdbc:postgresql://db.example.com:5432/shop\"/>", new(H, 5432, "shop") },

        // TLS in the words of other programs.
        { "postgres://db.example.com/shop?sslmode=no-verify", new(H, null, "shop", Tls: TlsMode.Require) },
        { "postgres://db.example.com/shop?ssl=no-verify", new(H, null, "shop", Tls: TlsMode.Require) },
        { "postgres://db.example.com/shop?sslmode=require&sslaccept=accept_invalid_certs", new(H, null, "shop", Tls: TlsMode.Require) },
        { "postgres://db.example.com/shop?sslaccept=strict", new(H, null, "shop", Tls: TlsMode.VerifyFull) },
        { "postgres://db.example.com/shop?ssl=%7B%22rejectUnauthorized%22%3Afalse%7D", new(H, null, "shop", Tls: TlsMode.Require) },
        { "postgres://db.example.com/shop?sslmode=verify_full", new(H, null, "shop", Tls: TlsMode.VerifyFull) },
        { "postgres://db.example.com/shop?sslmode=require&sslrootcert=system", new(H, null, "shop", Tls: TlsMode.VerifyFull) },
        { "host=db.example.com requiressl=1", new(H, Tls: TlsMode.Require) },
        { "Host=db.example.com;Username=app;SSL Mode=Require;Trust Server Certificate=true", new(H, User: "app", Tls: TlsMode.Require) },

        // Placeholders are no values; real passwords that look a little like one are.
        { "postgresql://postgres:[YOUR-PASSWORD]@db.example.com:5432/postgres", new(H, 5432, "postgres", "postgres") },
        { "postgresql://postgres:%5BYOUR-PASSWORD%5D@db.example.com:5432/postgres", new(H, 5432, "postgres", "postgres") },
        { "jdbc:postgresql://db.example.com:5432/postgres?user=app&password={your_password}&sslmode=require", new(H, 5432, "postgres", "app", Tls: TlsMode.Require) },
        { "Server=db.example.com;Database=postgres;Port=5432;User Id=app;Password={your_password};Ssl Mode=Require;", new(H, 5432, "postgres", "app", Tls: TlsMode.Require) },
        { "psql \"host=db.example.com port=5432 dbname=postgres user=app password={your_password} sslmode=require\"", new(H, 5432, "postgres", "app", Tls: TlsMode.Require) },
        { "PGPASSWORD=<password> psql -h db.example.com -U app shop", new(H, null, "shop", "app") },
        { "postgres://app:${DB_PASSWORD}@db.example.com/shop", new(H, null, "shop", "app") },
        { "postgres://app:$PGPASSWORD@db.example.com/shop", new(H, null, "shop", "app") },
        { "postgres://app:************@db.example.com/shop", new(H, null, "shop", "app") },
        { "postgres://app:xxxxx@db.example.com/shop", new(H, null, "shop", "app") },
        { "postgres://app:REVEAL_PASSWORD@db.example.com/shop", new(H, null, "shop", "app") },
        { "postgres://app:{{ password }}@db.example.com/shop", new(H, null, "shop", "app") },
        { "PGPASSWORD=\"$(aws rds generate-db-auth-token --hostname x)\" psql -h db.example.com -U app shop", new(H, null, "shop", "app") },
        { "psycopg2.connect(host='db.example.com', user='app', password=os.environ['PGPASSWORD'])", new(H, User: "app") },
        { "postgres://app:{abc}@db.example.com/shop", new(H, null, "shop", "app", "{abc}") },
        { "postgres://app:[abc]@db.example.com/shop", new(H, null, "shop", "app", "[abc]") },
        { "postgres://app:$ecret@db.example.com/shop", new(H, null, "shop", "app", "$ecret") },
        { "postgres://app:password@db.example.com/shop", new(H, null, "shop", "app", "password") },
        { "host=db.example.com user=app password='<3 you>'", new(H, null, null, "app", "<3 you>") },
    };

    /// <summary>What cannot be used, and the field and reason that are said.</summary>
    public static TheoryData<string, string, string> Refused { get; } = new()
    {
        { "DATABASE_URL=mysql://app@db.example.com/shop", "text", "scheme" },
        { "jdbc:mysql://db.example.com/shop", "text", "scheme" },
        { "jdbc:oracle:thin:@db.example.com:1521:shop", "text", "scheme" },
        { "r2dbc:postgresql:shop", "text", "unknown" },
        { "prisma+postgres://accelerate.prisma-data.net/?api_key=x", "text", "scheme" },
        { "{\"engine\":\"mysql\",\"host\":\"db.example.com\",\"username\":\"app\"}", "text", "scheme" },
        { "DB_CONNECTION=mysql\nDB_HOST=db.example.com", "text", "scheme" },
        { "jdbc:tc:postgresql:16:///shop", "text", "unknown" },
        { "postgres://app:pw@db.example.com/a%00b", "text", "control" },
        { "host=/var/run/postgresql dbname=shop", "host", "socket" },
        { "postgresql://%2Fvar%2Frun%2Fpostgresql/shop", "host", "socket" },
        { "postgresql+psycopg2://app:pw@/shop?host=/cloudsql/project:region:instance", "host", "socket" },
        { "jdbc:postgresql:///shop?cloudSqlInstance=p:r:i&socketFactory=com.google.cloud.sql.postgres.SocketFactory", "host", "connector" },
        { "service=shop user=app", "host", "service" },
        { "docker exec -it db psql -U app shop", "host", "container" },
        { "docker compose exec db psql -U app shop", "host", "container" },
        { "kubectl exec -it pod/db -- psql -U app shop", "host", "container" },
        { "psql -U app shop", "host", "missing" },
        { "sudo -u postgres psql shop", "host", "missing" },
        { "postgresql:///shop", "host", "missing" },
        { "{\"username\":\"app\",\"password\":\"pw\"}", "host", "missing" },
        { "postgresql://postgres:pw@db.[PROJECT-REF].supabase.co:5432/postgres", "host", "placeholder" },
        { "postgres://USER:pw@<host>:5432/shop", "host", "placeholder" },
        { "host={your_server} dbname=shop", "host", "placeholder" },
        { "postgres://app@${DB_HOST}:5432/shop", "host", "placeholder" },
        { "postgres://app@db.example.com:<port>/shop", "port", "placeholder" },
        { "host=db.example.com user=app dbname={your_database}", "database", "placeholder" },
        { "postgres://[YOUR-USER]:pw@db.example.com/shop", "user", "placeholder" },
        { "postgres://postgres.[PROJECT-REF]:pw@aws-0-eu-west-1.pooler.supabase.com:6543/postgres", "user", "placeholder" },
        { "host=a.example.com,b.example.com port=5432,5433 dbname=shop", "host", "list" },
        { "postgresql+psycopg2://app@/shop?host=a.example.com&host=b.example.com", "host", "list" },
        { "jdbc:postgresql://a.example.com:5432,b.example.com:5432/shop", "host", "list" },
        { "5432", "host", "characters" },
        { "my-project:europe-west1:shop", "host", "connector" },
        { "postgresql://USER:PASSWORD@HOST:PORT/DATABASE", "host", "placeholder" },
        { "postgresql://USER:PASSWORD@HOST:PORT/DATABASE", "port", "placeholder" },
    };

    /// <summary>What is said beside: what was not used, and what was understood in a way somebody should know of.</summary>
    public static TheoryData<string, string[]> Remarked { get; } = new()
    {
        { "host=db.example.com hostaddr=10.0.0.5 dbname=shop", ["hostaddr 10.0.0.5"] },
        { "hostaddr=10.0.0.5 dbname=shop", [] },
        { "jdbc:postgresql:shop", ["jdbc-localhost"] },
        { "jdbc:postgresql://db.example.com/shop", [] },
        { "postgres://app@db.example.com/shop?sslmode=require&channel_binding=require&application_name=me", ["unused channel_binding, application_name"] },
        { "postgres://app@db.example.com/shop?options=project%3Dx&colour=blue&taste=good", ["unused options", "unknown-names 2"] },
        { "Host=db.example.com;Username=app;Maximum Pool Size=5;Include Error Detail=true", ["unused Maximum Pool Size, Include Error Detail"] },
        { "host=db.example.com service=shop passfile=/x", ["unused service, passfile"] },
        { "host=db.example.com sslcert=/x.crt sslkey=/x.key sslmode=verify-full", ["client-certificate", "unused sslcert, sslkey"] },
        { "postgres://app@db.example.com/shop?sslmode=prefer", ["tls-open sslmode=prefer"] },
        { "postgres://app@db.example.com/shop?ssl=false", ["tls-open ssl=false"] },
        { "host=db.example.com dbname=a dbname=b", ["twice-database"] },
        { "Host=db.example.com;Password=a;Password=b;User Id=app", ["twice-password"] },
        { "postgresql://postgres:[YOUR-PASSWORD]@db.example.com/postgres", ["placeholder-password [YOUR-PASSWORD]"] },
        { "postgres://app:${DB_PASSWORD:-s3cret}@db.example.com/shop", ["placeholder-password ${DB_PASSWORD}"] },
        { "host=db.example.com user=app password='{{ db_password | default(\"s3cret\") }}'", ["placeholder-password {{ }}"] },
        { "host=db.example.com user=app password='<%= ENV.fetch(\"DB_PASSWORD\", \"s3cret\") %>'", ["placeholder-password {{ }}"] },
        { "{\"host\":\"db.example.com\",\"password\":\"env('DB_PASSWORD', 's3cret')\"}", ["placeholder-password env()"] },
        { "{\"host\":\"db.example.com\",\"password\":\"ENV.fetch('DB_PASSWORD', 's3cret')\"}", ["placeholder-password env()"] },
        { "{\"host\":\"db.example.com\",\"password\":\"process.env.DB_PASSWORD || 's3cret'\"}", ["placeholder-password env()"] },
        { "PGPASSWORD=\"$(cat /run/secrets/canary)\" psql -h db.example.com", ["placeholder-password $()"] },
        { "postgres://app@db.example.com/shop and more", ["rest"] },
        { "postgres://app@db.example.com/shop  # production", [] },
        { "psql -h db.example.com -U app -d shop extra", ["rest"] },
        { "psql -XAtc 'select 1' -h db.example.com", [] },
        { "pg_dump postgres://a@old.example.com/shop | psql postgres://b@new.example.com/shop", ["several old.example.com"] },
        { "DATABASE_URL=postgres://a@pool.example.com/shop DIRECT_URL=postgres://a@db.example.com/shop", ["several db.example.com"] },
        { "docker run postgres psql -h localhost -U app", ["inside localhost"] },
        { "postgres://app:pw@db.example.com/shop;", [] },
        { "postgres://app:pw@db.example.com/shop --set=x=1", ["rest"] },
        { "new Sequelize('shop', 'app', 'pw', { host: 'db.example.com', user: 'app' })", ["nameless 3"] },
        { "HOST=app.example.com\nDATABASE_URL=postgres://app@db.example.com/shop", ["unknown-names 1"] },
        { "{\"host\":\"db.example.com\",\"username\":\"app\",\"engine\":\"postgres\",\"dbInstanceIdentifier\":\"db-1\"}", ["unused dbInstanceIdentifier"] },
    };

    [Theory]
    [MemberData(nameof(Read))]
    public void What_is_handed_out_is_read(string text, Said said)
    {
        var parsed = ConnectionStringParser.Parse(text);

        Assert.Equal([], parsed.Problems);
        Assert.Equal(said, new Said(parsed.Host, parsed.Port, parsed.Database, parsed.User, parsed.Password?.Reveal(), parsed.Tls));
    }

    [Theory]
    [MemberData(nameof(Remarked))]
    public void What_was_not_used_is_said(string text, string[] remarks)
    {
        var parsed = ConnectionStringParser.Parse(text);

        Assert.Equal(remarks, parsed.Remarks.Select(r => (r.Key + " " + r.Value).TrimEnd()));
        Assert.Equal([], parsed.Problems);
    }

    [Fact]
    public void Settings_within_settings_without_end_are_not_followed()
    {
        Assert.NotEqual([], ConnectionStringParser.Parse(string.Concat(Enumerable.Repeat("DATABASE_URL=", 700)) + "postgres://app@db.example.com/shop").Problems);
        Assert.Equal("db.example.com", ConnectionStringParser.Parse("DATABASE_URL=postgres://app@db.example.com/shop").Host);
    }

    [Fact]
    public void Every_remark_and_every_problem_has_words()
    {
        var all = Remarked.Select(row => (string)row[0]).Concat(Read.Select(row => (string)row[0])).Concat(Refused.Select(row => (string)row[0])).Select(ConnectionStringParser.Parse).ToList();
        foreach (var culture in new[] { ConnectionDiagnosisTests.English, ConnectionDiagnosisTests.Korean })
        {
            Assert.All(all.SelectMany(p => p.Remarks), r => Assert.DoesNotContain("Remark.", ConnectText.For(r, culture), StringComparison.Ordinal));
            Assert.All(all.SelectMany(p => p.Problems), p => Assert.DoesNotContain("Field.", ConnectText.For(p, culture), StringComparison.Ordinal));
        }

        Assert.Equal("Not used: 1 value under a name that the wizard does not know.", ConnectText.For(new ConnectionRemark("unknown-names", "1"), ConnectionDiagnosisTests.English));
    }

    [Theory]
    [InlineData("host=db.example.com password=can ary=x user=app")]
    [InlineData("postgres://app:pw@db.example.com/shop?passwort=canary&canary=1")]
    [InlineData("postgres://app:${X:-canary}@db.example.com/shop canary")]
    [InlineData("Host=db.example.com;Username=app;Password=a;canary;x=canary")]
    public void No_remark_shows_what_may_be_a_piece_of_a_password(string text) =>
        Assert.All(ConnectionStringParser.Parse(text).Remarks, r => Assert.DoesNotContain("ary", ConnectText.For(r, ConnectionDiagnosisTests.English), StringComparison.Ordinal));

    /// <summary>The forms an endpoint can be written in.</summary>
    public static TheoryData<string> Forms => [.. s_forms.Keys];

    [Theory]
    [MemberData(nameof(Forms))]
    public void What_is_written_in_a_form_is_read_from_it(string form)
    {
        var random = new Random(7);
        string[] hosts = ["db.example.com", "DB-1.Example.COM", "localhost", "10.1.2.3", "2001:db8::1", "fe80::1%eth0", "xn--bcher-kva.example", "db_1", "postgres"];
        for (var i = 0; i < 300; i++)
        {
            var said = new Said(hosts[random.Next(hosts.Length)], random.Next(1, 65536), Word(random), Word(random), Word(random));

            var text = s_forms[form](said);
            var parsed = ConnectionStringParser.Parse(text);

            Assert.True(parsed.Problems.Count == 0, $"{text}: {string.Join(", ", parsed.Problems)}");
            Assert.Equal((text, said), (text, new Said(parsed.Host, parsed.Port, parsed.Database, parsed.User, parsed.Password?.Reveal())));
            Assert.Equal([], parsed.Remarks);
        }
    }

    [Fact]
    public void Whatever_is_pasted_throws_nothing_and_makes_up_no_host()
    {
        var random = new Random(3);
        var seeds = Read.Select(row => (string)row[0]).Concat(Refused.Select(row => (string)row[0])).ToList();
        const string Pieces = "postgresql://:@/?&=%'\"\\;[]{}(),. host-hUd5é한$\n#|<>";
        for (var i = 0; i < 20_000; i++)
        {
            var text = new System.Text.StringBuilder(seeds[random.Next(seeds.Count)]);
            for (var change = random.Next(1, 6); change > 0 && text.Length > 0; change--)
            {
                var at = random.Next(text.Length);
                switch (random.Next(4))
                {
                    case 0:
                        text.Remove(at, Math.Min(random.Next(1, 8), text.Length - at));
                        break;
                    case 1:
                        text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                        break;
                    case 2:
                        text[at] = Pieces[random.Next(Pieces.Length)];
                        break;
                    default:
                        text.Insert(at, seeds[random.Next(seeds.Count)]);
                        break;
                }
            }

            var parsed = ConnectionStringParser.Parse(text.ToString());

            Assert.True(parsed.Problems.Count > 0 || parsed.Host is not null, text.ToString());
            Assert.True(parsed.ToEndpoint() is not { } endpoint || Plain(text.ToString()).Contains(Plain(endpoint.Host), StringComparison.Ordinal) || parsed.Remarks.Any(r => r.Key == "jdbc-localhost"), $"{parsed.Host} is not in {text}");
        }
    }

    [Theory]
    [InlineData("'")]
    [InlineData("\"a")]
    [InlineData("a.")]
    [InlineData("a=(")]
    [InlineData(";a=")]
    [InlineData("a:")]
    [InlineData("${")]
    [InlineData("{\"a\":")]
    public void A_long_text_is_read_in_no_time(string piece)
    {
        foreach (var start in new[] { "", "postgres://", "psql ", "Host=x;", "connect(" })
        {
            var watch = System.Diagnostics.Stopwatch.StartNew();
            var text = start + string.Concat(Enumerable.Repeat(piece, 4000));
            ConnectionStringParser.Parse(text);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"{start}{piece}… took {watch.Elapsed}");
        }
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public void What_cannot_be_used_is_said_with_a_fitting_reason(string text, string field, string reason)
    {
        var parsed = ConnectionStringParser.Parse(text);

        Assert.Equal(reason, Assert.Single(parsed.Problems, p => p.Field == field).Key);
    }

    private static readonly Dictionary<string, Func<Said, string>> s_forms = new()
    {
        ["URL"] = s => $"postgresql://{Percent(s.User)}:{Percent(s.Password)}@{InUrl(s.Host!)}:{s.Port}/{Percent(s.Database)}",
        ["URL, all in the query"] = s => $"postgres:///?host={Percent(s.Host)}&port={s.Port}&user={Percent(s.User)}&password={Percent(s.Password)}&dbname={Percent(s.Database)}",
        ["SQLAlchemy"] = s => $"postgresql+asyncpg://{Percent(s.User)}:{Percent(s.Password)}@{InUrl(s.Host!)}:{s.Port}/{Percent(s.Database)}",
        ["JDBC"] = s => $"jdbc:postgresql://{InUrl(s.Host!)}:{s.Port}/{Percent(s.Database)}?user={System.Net.WebUtility.UrlEncode(s.User)}&password={System.Net.WebUtility.UrlEncode(s.Password)}",
        ["libpq"] = s => $"host={s.Host} port={s.Port} dbname={LibPq(s.Database)} user={LibPq(s.User)} password = {LibPq(s.Password)}",
        ["psql"] = s => $"PGPASSWORD={Shell(s.Password)} psql -h {s.Host} -p {s.Port} -U {Shell(s.User)} -d {Shell(LibPqIfNeeded("dbname", s.Database!))}",
        ["psql with a conninfo"] = s => $"psql -X {Shell($"host={s.Host} port={s.Port} dbname={LibPq(s.Database)} user={LibPq(s.User)} password={LibPq(s.Password)}")} -c 'select 1'",
        ["psql with a URL"] = s => $"psql {Shell($"postgresql://{Percent(s.User)}:{Percent(s.Password)}@{InUrl(s.Host!)}:{s.Port}/{Percent(s.Database)}")}",
        ["Npgsql"] = s => new Npgsql.NpgsqlConnectionStringBuilder { Host = s.Host, Port = s.Port!.Value, Database = s.Database, Username = s.User, Password = s.Password }.ConnectionString,
        ["variables"] = s => $"export PGHOST={s.Host}\nexport PGPORT={s.Port}\nexport PGDATABASE={Shell(s.Database)}\nexport PGUSER={Shell(s.User)}\nexport PGPASSWORD={Shell(s.Password)}",
        ["variables on one line"] = s => $"export PGHOST={s.Host} export PGPORT={s.Port} export PGDATABASE={Shell(s.Database)} export PGUSER={Shell(s.User)} export PGPASSWORD={Shell(s.Password)}",
        ["a URL in a variable"] = s => $"DATABASE_URL={Shell($"postgres://{Percent(s.User)}:{Percent(s.Password)}@{InUrl(s.Host!)}:{s.Port}/{Percent(s.Database)}")}",
        ["JSON"] = s => System.Text.Json.JsonSerializer.Serialize(new { username = s.User, password = s.Password, engine = "postgres", host = s.Host, port = s.Port, dbname = s.Database }),
        ["Python"] = s => $"psycopg2.connect(host=\"{s.Host}\", port={s.Port}, dbname={Python(s.Database)}, user={Python(s.User)}, password={Python(s.Password)})",
        ["password file"] = s => string.Join(':', new[] { s.Host!, $"{s.Port}", s.Database!, s.User!, s.Password! }.Select(v => v.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal))),
    };

    /// <summary>Letters and signs as passwords and quoted names have them; no blank at the ends.</summary>
    private static string Word(Random random)
    {
        const string Signs = "abcXYZ019'\"\\;:/?#@%&=+[]{}()<>$`|^~!*,.-_ é한ß😀";
        var runes = Signs.EnumerateRunes().ToArray();
        return "a" + string.Concat(Enumerable.Range(0, random.Next(0, 12)).Select(_ => runes[random.Next(runes.Length)].ToString())) + "z";
    }

    private static string Percent(string? text) => Uri.EscapeDataString(text!);

    private static string InUrl(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host.Replace("%", "%25", StringComparison.Ordinal)}]" : host;

    private static string LibPq(string? text) => "'" + text!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal) + "'";

    /// <summary>psql takes a database with an equals sign or a scheme in it for a connection string.</summary>
    private static string LibPqIfNeeded(string key, string text) => text.Contains('=', StringComparison.Ordinal) ? $"{key}={LibPq(text)}" : text;

    private static string Shell(string? text) => "'" + text!.Replace("'", "'\\''", StringComparison.Ordinal) + "'";

    private static string Python(string? text) => "\"" + text!.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>Without what quotes and encodes.</summary>
    private static string Plain(string text) => string.Concat(Uri.UnescapeDataString(text).Where(c => c is not ('"' or '\'' or '\\' or '`' or '[' or ']') && !char.IsWhiteSpace(c)));

    public sealed record Said(string? Host, int? Port = null, string? Database = null, string? User = null, string? Password = null, TlsMode? Tls = null);
}
